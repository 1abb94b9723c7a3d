import { MAX_INSTANCES } from "../../config/azureml/deploymentSchema";
import { at, items, knownText, problem } from "../inputChecks";
import { ofType, refersTo, violations } from "../relations";
import type { RuleDefinition } from "../rule";

const SETTING = "azure-native:monitor:AutoscaleSetting";
const DEPLOYMENT = "azure-native:machinelearningservices:OnlineDeployment";

export const autoscaleRules: readonly RuleDefinition[] = [
  // Without the other direction the number only ever grows to the maximum, and stays there. Advisory: it costs money, and
  // answers requests.
  {
    id: "autoscale-both-directions",
    title: "Each metric that adds instances also removes them",
    severity: "advisory",
    references: {
      other: ['Azure Monitor, "Best practices for autoscale", scale-out and scale-in'],
    },
    types: [SETTING],
    checkResource: ({ inputs }) =>
      items(at(inputs, "profiles")).flatMap((profile) => {
        const rules = items(at(profile, "rules"));
        const metrics = (direction: string) =>
          rules
            .filter((rule) => at(rule, "scaleAction.direction") === direction)
            .map((rule) => knownText(rule, "metricTrigger.metricName") ?? "?");
        const removing = metrics("Decrease");
        return [...new Set(metrics("Increase"))]
          .filter((metric) => !removing.includes(metric))
          .map((metric) => `adds instances by ${metric} and has no rule that removes them by it`);
      }),
  },
  // The engine ignores changes of the number where a scaler owns it. Where none does, nothing would correct it.
  {
    id: "autoscale-ignored-count",
    title: "Only a scaled deployment's number of instances is ignored",
    references: { other: ["Pulumi, resource option ignoreChanges"] },
    checkStack: (resources) => {
      const settings = ofType(resources, SETTING);
      return ofType(resources, DEPLOYMENT)
        .filter(({ ignoreChanges }) => ignoreChanges.includes("sku.capacity"))
        .filter((one) => !settings.some((setting) => refersTo(setting, "targetResourceUri", one)))
        .flatMap((one) =>
          violations(one, ["ignores changes of sku.capacity, and nothing scales it"]),
        );
    },
  },
  // What the scaler cannot reach fails when the load is highest.
  {
    id: "autoscale-within-quota",
    title: "A scaled deployment stays within Azure's limit of instances",
    references: { other: ['Azure ML, "Manage and increase quotas and limits"'] },
    types: [SETTING],
    checkResource: ({ inputs }) =>
      items(at(inputs, "profiles")).flatMap((profile) => {
        const maximum = Number(knownText(profile, "capacity.maximum"));
        return maximum >= 1 && maximum <= MAX_INSTANCES
          ? []
          : [problem("capacity.maximum", at(profile, "capacity.maximum"), `1 to ${MAX_INSTANCES}`)];
      }),
  },
];
