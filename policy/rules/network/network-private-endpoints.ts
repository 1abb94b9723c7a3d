import { ofType, refersTo, violations } from "../../relations";
import { PRODUCTION, type PolicyResource, type StackRule } from "../../rule";
import { at, items } from "../../inputChecks";

/** Which sides of a service need an endpoint of their own. */
const GROUPS: Readonly<Record<string, (inputs: PolicyResource["inputs"]) => readonly string[]>> = {
  "azure-native:containerregistry:Registry": () => ["registry"],
  "azure-native:keyvault:Vault": () => ["vault"],
  // Delta tables are read through both when the account has a hierarchical namespace.
  "azure-native:storage:StorageAccount": ({ isHnsEnabled }) =>
    isHnsEnabled === true ? ["blob", "dfs"] : ["blob"],
};

/**
 * A service that is closed to the internet and has no endpoint in the network is closed to everybody, until somebody
 * opens it again in a hurry.
 */
export const networkPrivateEndpoints: StackRule = {
  id: "network-private-endpoints",
  title: "Registry, vault and storage have private endpoints",
  severity: "mandatory",
  targets: PRODUCTION,
  references: {
    azurePolicy: [
      "e8eef0a8-67cf-4eb4-9386-14b0e78733d4",
      "a6abeaec-4d90-4a02-805f-6b26c4d3fbe9",
      "6edd7eda-6dd8-40f7-810d-67160c639cd9",
    ],
  },
  sees: "stack",
  check: (resources) => {
    const endpoints = ofType(resources, "azure-native:network:PrivateEndpoint");
    return ofType(resources, ...Object.keys(GROUPS)).flatMap((service) => {
      const groups = GROUPS[service.type]?.(service.inputs) ?? [];
      const missing = groups.filter(
        (group) => !endpoints.some((endpoint) => connects(endpoint, service, group)),
      );
      return violations(
        service,
        missing.map((group) => `has no private endpoint for ${group}`),
      );
    });
  },
};

function connects(endpoint: PolicyResource, service: PolicyResource, group: string): boolean {
  const connections = "privateLinkServiceConnections";
  return items(endpoint.inputs[connections]).some(
    (connection, index) =>
      items(at(connection, "groupIds")).includes(group) &&
      refersTo(endpoint, `${connections}.${index}.privateLinkServiceId`, service),
  );
}
