import { names, ofType, violations } from "../../relations";
import { PRODUCTION, type StackRule } from "../../rule";
import { items } from "../../inputChecks";

/**
 * Without its address in private DNS, a service's name leads to its public endpoint, which is closed. The group writes
 * and keeps the record.
 */
export const networkPrivateNames: StackRule = {
  id: "network-private-names",
  title: "Every private endpoint has its name in private DNS",
  severity: "mandatory",
  targets: PRODUCTION,
  references: {
    other: ['Azure Private Link, "Private endpoint DNS integration"'],
  },
  sees: "stack",
  check: (resources) =>
    ofType(resources, "azure-native:network:PrivateEndpoint").flatMap((endpoint) => {
      const groups = ofType(resources, "azure-native:network:PrivateDnsZoneGroup").filter((group) =>
        names(group, "privateEndpointName", endpoint, endpoint.inputs["privateEndpointName"]),
      );
      return groups.some(({ inputs }) => items(inputs["privateDnsZoneConfigs"]).length > 0)
        ? []
        : violations(endpoint, ["has no PrivateDnsZoneGroup with a zone"]);
    }),
};
