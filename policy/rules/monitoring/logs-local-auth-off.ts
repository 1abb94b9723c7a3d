import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** The workspace's shared keys let whoever has them write logs, and so hide things among them. */
export const logsLocalAuthOff: ResourceRule = {
  id: "logs-local-auth-off",
  title: "Logs are read and written by identities alone",
  severity: "mandatory",
  targets: BOTH,
  references: {
    azurePolicy: ["e15effd4-2278-4c65-a0da-4d6f6d1890e2"],
  },
  sees: "resource",
  types: ["azure-native:operationalinsights:Workspace"],
  check: ({ inputs }) => mustBe(inputs, "features.disableLocalAuth", true),
};
