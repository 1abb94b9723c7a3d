import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/**
 * Whoever has the instrumentation key can write telemetry in our name. Advisory: nothing here proves that Azure ML's
 * own writers can do without the key.
 */
export const insightsEntraOnly: ResourceRule = {
  id: "insights-entra-only",
  title: "Application Insights takes telemetry from identities alone",
  severity: "advisory",
  targets: BOTH,
  references: {
    psrule: ["Azure.AppInsights.LocalAuth"],
    azurePolicy: ["199d5677-e4d9-4264-9465-efe1839c06bd"],
  },
  sees: "resource",
  types: ["azure-native:applicationinsights:Component"],
  check: ({ inputs }) => mustBe(inputs, "disableLocalAuth", true),
};
