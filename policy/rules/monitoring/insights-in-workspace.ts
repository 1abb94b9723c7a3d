import { BOTH, type ResourceRule } from "../../rule";
import { UNKNOWN, at, mustSay } from "../../inputChecks";

/** A component without a workspace is of the retired kind, with a retention and rights of its own. */
export const insightsInWorkspace: ResourceRule = {
  id: "insights-in-workspace",
  title: "Application Insights keeps its data in the stack's log workspace",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.AppInsights.Workspace"],
    azurePolicy: ["d550e854-df1a-4de9-bf44-cd894b39a95e"],
  },
  sees: "resource",
  types: ["azure-native:applicationinsights:Component"],
  check: ({ inputs }) =>
    // The id of the stack's own workspace is Azure's and unknown in a first preview; that there is one is what counts.
    at(inputs, "workspaceResourceId") === UNKNOWN
      ? []
      : mustSay(inputs, "workspaceResourceId", "the id of a Log Analytics workspace"),
};
