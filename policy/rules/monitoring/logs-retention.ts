import { BOTH, type ResourceRule } from "../../rule";
import { mustBeAtLeast } from "../../inputChecks";

/**
 * What happened is asked for weeks later. 30 days cost nothing more than fewer do (Azure Monitor Logs, cost
 * calculations).
 */
export const logsRetention: ResourceRule = {
  id: "logs-retention",
  title: "Logs are kept for 30 days or more",
  severity: "mandatory",
  targets: BOTH,
  references: {
    other: ["Azure Monitor Logs, cost calculations and options"],
  },
  sees: "resource",
  types: ["azure-native:operationalinsights:Workspace"],
  check: ({ inputs }) => mustBeAtLeast(inputs, "retentionInDays", 30),
};
