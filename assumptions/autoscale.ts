import { documented, reported, unproved, type Assumption } from "./assumption";

const SETTINGS = "Microsoft Learn, Understand autoscale settings";
const FLAPPING = "Microsoft Learn, Autoscale flapping";
const ENDPOINTS = "Microsoft Learn, Autoscale online endpoints";
const REST = "Azure REST API, Monitor autoscale settings 2021-05-01-preview";

/** How Azure Monitor scales deployments. */
export const autoscale = {
  "autoscale-target": {
    statement:
      "An autoscale setting scales a managed online deployment that exists; a Kubernetes deployment has its own scaler.",
    evidence: documented(
      `${ENDPOINTS}; CLI (v2) Kubernetes online deployment YAML schema, scale_settings; the code TargetResourceNotFound: Azure/azure-powershell issue 11710`,
    ),
    check: "PUT of a setting whose target is missing, and of one whose target is an endpoint",
  },
  "autoscale-target-immutable": {
    statement:
      "A setting stays when what it scales is deleted, and cannot be given another target.",
    evidence: reported(
      "Azure/vm-scale-sets issue 4 (TargetResourceIdIsImmutable), MicrosoftDocs/azure-docs issue 117585; both of other resources than deployments",
    ),
    check: "DELETE of a deployment with a setting, GET of the setting, PUT with another target",
    dependents: ["components/autoscaleSetting.ts", "emulator/azure/catalogue.ts"],
  },
  "autoscale-only-one": {
    statement: "A resource has at most one autoscale setting.",
    evidence: documented(`${SETTINGS}; the status 409: pulumi/pulumi-azure issue 787`),
    check: "PUT of a second setting with the same target",
  },
  "autoscale-limits": {
    statement: "A setting has 1 to 20 profiles, and each of them at most 10 rules.",
    evidence: documented(SETTINGS),
    check: "PUT of a profile with 11 rules",
  },
  "autoscale-capacity": {
    statement: "The default number of instances is within the minimum and the maximum.",
    evidence: reported("microsoft/onefuzz issue 2249, for a default below the minimum"),
    check: "PUT of a profile with a default above the maximum",
    dependents: ["config/autoscale.ts"],
  },
  "autoscale-action-value": {
    statement:
      "A rule adds or removes at least 1 instance, and no more than the maximum less the minimum.",
    evidence: reported("Azure/bicep-types-az issue 1859 (InvalidActionValue)"),
    check: "PUT of a profile from 1 to 2 with a rule that adds 2",
    dependents: ["config/autoscaleSettings.ts"],
  },
  "autoscale-rule-values": {
    statement:
      "Operators, statistics, aggregations and directions are those of the API; a time window has 5 minutes to 12 hours, a cooldown 1 minute to 1 week.",
    evidence: documented(`${REST}, MetricTrigger and ScaleAction`),
    check: "PUT of a rule with timeWindow PT1M",
  },
  "autoscale-metrics": {
    statement:
      "Rules read metrics that Azure Monitor lists for the endpoint or the deployment; latencies can be filtered by deployment.",
    evidence: documented(
      "Microsoft Learn, Supported metrics (names, dimensions); the code UnsupportedMetric: SAFEHR-data/FlowEHR pull request 243; that autoscale takes RequestLatency_P95 and the dimension is not said",
    ),
    check: "PUT of the setting that the sandbox declares with a latency",
    dependents: ["components/autoscaleSetting.ts"],
  },
  "autoscale-evaluation": {
    statement:
      "Any scale-out rule scales out, to the highest of the results; all scale-in rules together scale in, to the highest of the results; after any action both wait for the cooldown of the rule that acted.",
    evidence: documented(
      `${SETTINGS}, autoscale evaluation; not said: which cooldown counts when several rules give the same number, and how long a window may lack values`,
    ),
    check: "the run history of a setting with two scale-in rules of which one holds",
    dependents: ["local/endpoint/autoscale/decide.ts"],
  },
  "autoscale-flapping": {
    statement:
      "Before a scale-in, the metrics of the scale-out rules are multiplied by the present number of instances and divided by the new one; a number that would scale out again is skipped for the next one above it.",
    evidence: documented(
      `${FLAPPING}; Best practices for autoscale; the example of 30 to 27 instances does not follow from that product, which gives 28`,
    ),
    check: "the activity log (FlappingOccurred) of a setting that removes several instances",
    dependents: ["local/endpoint/autoscale/decide.ts"],
  },
  "autoscale-missing-metrics": {
    statement:
      "Without metrics, fewer instances than the default become the default; a latency without requests counts as no value.",
    evidence: unproved(
      `${SETTINGS} says the first ("a problem reading the resource metric"), and neither whether one missing metric of several is enough, nor whether a latency without requests is missing or 0`,
    ),
    check: "the run history of a setting with a latency rule over a deployment without requests",
    dependents: ["local/endpoint/autoscale/decide.ts"],
  },
} as const satisfies Readonly<Record<string, Assumption>>;
