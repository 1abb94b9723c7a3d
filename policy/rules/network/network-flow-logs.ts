import { ofType, refersTo, violations } from "../../relations";
import { PRODUCTION, type StackRule } from "../../rule";

/**
 * After an incident they tell who talked to whom. Advisory: they are paid by the gigabyte, and the settings may leave them
 * to somebody else (`network.flowLogs: false`).
 */
export const networkFlowLogs: StackRule = {
  id: "network-flow-logs",
  title: "The flows of every network are recorded",
  severity: "advisory",
  targets: PRODUCTION,
  references: {
    azurePolicy: ["4c3c6c5f-0d47-4402-99b8-aa543dd8bcee"],
  },
  sees: "stack",
  check: (resources) => {
    const logs = ofType(resources, "azure-native:network:FlowLog").filter(
      ({ inputs }) => inputs["enabled"] === true,
    );
    return ofType(resources, "azure-native:network:VirtualNetwork")
      .filter((network) => !logs.some((log) => refersTo(log, "targetResourceId", network)))
      .flatMap((network) => violations(network, ["has no flow log that is on"]));
  },
};
