import { names, ofType, violations } from "../../relations";
import { PRODUCTION, type StackRule } from "../../rule";
import { mustBe } from "../../inputChecks";

const OWN = "properties.publicNetworkAccess";

/**
 * What serves production is called from inside the network. The endpoint's own setting counts for its creation only
 * where the stack ignores its changes: then it is written with the split, and that is what is looked at as well.
 */
export const endpointPublicAccessOff: StackRule = {
  id: "endpoint-public-access-off",
  title: "The endpoint is reached from inside the network alone",
  severity: "mandatory",
  targets: PRODUCTION,
  references: {
    other: ['Azure ML, "Network isolation with managed online endpoints"'],
  },
  sees: "stack",
  check: (resources) =>
    ofType(resources, "azure-native:machinelearningservices:OnlineEndpoint").flatMap((endpoint) => {
      const splits = ofType(resources, "pulumi-nodejs:dynamic/mlscore:TrafficSplit").filter(
        (split) => names(split, "endpointName", endpoint, endpoint.inputs["endpointName"]),
      );
      const isWrittenByOwn = !endpoint.ignoreChanges.includes(OWN) || splits.length === 0;
      return [
        ...(isWrittenByOwn ? violations(endpoint, mustBe(endpoint.inputs, OWN, "Disabled")) : []),
        ...splits
          .filter(() => !isWrittenByOwn)
          .flatMap((split) =>
            violations(split, mustBe(split.inputs, "settings.publicNetworkAccess", "Disabled")),
          ),
      ];
    }),
};
