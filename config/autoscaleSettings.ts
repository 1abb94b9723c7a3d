import { z } from "zod";
import { share, wholeNumber } from "./azureml/yamlValues";
import { MAX_INSTANCES } from "./azureml/deploymentSchema";
import { oneOf } from "./fields";

/**
 * Limits of Azure's for what is written here: Azure REST API, Monitor autoscale settings 2021-05-01-preview (time window
 * 5 minutes to 12 hours, cooldown 1 minute to 1 week).
 */
const WINDOW_MINUTES = { least: 5, most: 12 * 60 };
const COOLDOWN_MINUTES = { least: 1, most: 7 * 24 * 60 };

const instances = (what: string) => wholeNumber(1, MAX_INSTANCES, what);

/** What the rules of every metric have. */
const steps = {
  /** @default 1 */
  scaleOutBy: instances("instances that are added at once").default(1),
  /** @default 1 */
  scaleInBy: instances("instances that are removed at once").default(1),
};

/** In a rule for both directions the lower threshold is below the upper one: otherwise Azure would scale to and fro. */
const BELOW = "is {value}; must be less than scaleOutAbove";

const cpu = z
  .strictObject({
    /** Percent of an instance's CPU, as the average of all instances. */
    scaleOutAbove: share(1, 100, "percent of CPU"),
    /** @default none: this metric then never removes an instance */
    scaleInBelow: share(1, 100, "percent of CPU").optional(),
    ...steps,
  })
  .refine(isOrdered, { path: ["scaleInBelow"], message: BELOW });

/** Of the requests that this deployment gets; how each value of a minute is made of the requests. */
export const LATENCIES = ["average", "p50", "p90", "p95", "p99"] as const;

const MAX_LATENCY_MS = 180_000;

const latency = z
  .strictObject({
    /** @default p95 */
    statistic: oneOf(LATENCIES).default("p95"),
    /** Milliseconds; a request to a managed endpoint takes at most 180 000. */
    scaleOutAbove: share(1, MAX_LATENCY_MS, "milliseconds"),
    /** @default none: this metric then never removes an instance */
    scaleInBelow: share(1, MAX_LATENCY_MS, "milliseconds").optional(),
    ...steps,
  })
  .refine(isOrdered, { path: ["scaleInBelow"], message: BELOW });

const deployment = z
  .strictObject({
    minInstances: instances("the fewest instances; a deployment cannot be scaled to none"),
    maxInstances: instances("the most instances; Azure runs at most 50 per deployment"),
    /** @default scaleOutAbove 70, scaleInBelow 30, unless there is `latency` */
    cpu: cpu.optional(),
    latency: latency.optional(),
    /** How long a metric is looked back on. @default 5, as in Azure's example */
    windowMinutes: wholeNumber(
      WINDOW_MINUTES.least,
      WINDOW_MINUTES.most,
      "minutes that a metric is averaged over",
    ).default(5),
    /**
     * How long nothing is scaled after something was.
     * @default 20, since an instance takes 12 to 18 minutes to come up (Azure/azureml-examples issue 3515)
     */
    cooldownMinutes: wholeNumber(
      COOLDOWN_MINUTES.least,
      COOLDOWN_MINUTES.most,
      "minutes without another change",
    ).default(20),
  })
  .superRefine(({ minInstances, maxInstances, cpu, latency }, context) => {
    const room = maxInstances - minInstances;
    const report = (path: string[], message: string) => {
      context.addIssue({ code: "custom", path, message });
    };
    if (room <= 0) {
      report(["maxInstances"], `is {value}; must be more than minInstances, ${minInstances}`);
      return;
    }
    // Code InvalidActionValue of Azure: Azure/bicep-types-az issue 1859.
    for (const [metric, rules] of Object.entries({ cpu, latency })) {
      for (const step of ["scaleOutBy", "scaleInBy"] as const) {
        if (rules === undefined || rules[step] <= room) continue;
        report(
          [metric, step],
          `is {value}; must be at most maxInstances less minInstances, ${room}`,
        );
      }
    }
  });

/** How Azure Monitor scales deployments: `mlscore:autoscale` of a sandbox, by the name of the deployment. */
export const autoscaleSettings = z.record(z.string(), deployment);

export type AutoscaleSettings = z.output<typeof autoscaleSettings>;

function isOrdered({
  scaleOutAbove,
  scaleInBelow = 0,
}: {
  readonly scaleOutAbove: number;
  readonly scaleInBelow?: number | undefined;
}): boolean {
  return scaleInBelow < scaleOutAbove;
}
