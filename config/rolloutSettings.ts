import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { PROJECT_DIRECTORY } from "../projectDirectory";
import { MAX_MIRROR_PERCENT } from "../traffic/splitRules";
import { share, text, wholeNumber } from "./azureml/yamlValues";
import { oneOf } from "./fields";
import { ownMetrics, querySources, SOURCE_OF } from "./ownMetrics";

/** Longest dwell of a step, in seconds: a week. */
const MAX_DWELL = 7 * 24 * 3600;

const limits = {
  /** Requests of the canary before its step passes. */
  minRequests: wholeNumber(1, 1_000_000, "requests to the canary before its step passes"),
  /** Most answers of the canary that may be 408, 424, 429 or 5xx. */
  maxErrorPercent: share(0, 100, "percent of the canary's requests"),
  /** Most that the canary's p95 may be, as a multiple of the old deployments' in the same time. */
  maxP95Ratio: share(1, 100, "times the old deployments' p95"),
  /** Most that the canary's p95 may be, in milliseconds. */
  maxP95Ms: wholeNumber(1, 180_000, "milliseconds").exactOptional(),
  /** Most answers to mirrored requests that may differ from those to the live ones. @default `parity.maxDifferentPercent` */
  maxDifferentPercent: share(0, 100, "percent of the compared answers").exactOptional(),
  /** What is done with the split when a limit is broken. */
  onBreach: oneOf(["rollBack", "stop"]),
  /** Whether a step passes when no limit was shown to be exceeded, or only when all were shown to be kept. */
  passWhen: oneOf(["noBreach", "proven"]).exactOptional(),
};

/** Percent of the rollouts of a canary within its limits that no gate stops, at least, unless the settings say otherwise. */
export const DEFAULT_CONFIDENCE = 95;

const gate = z.strictObject({
  ...limits,
  minRequests: limits.minRequests.default(100),
  maxErrorPercent: limits.maxErrorPercent.default(1),
  maxP95Ratio: limits.maxP95Ratio.default(1.5),
  onBreach: limits.onBreach.default("rollBack"),
});

const step = z
  .strictObject({
    /** Percent of the live requests that are mirrored to the canary; its answers to them are dropped. */
    mirror: wholeNumber(
      1,
      MAX_MIRROR_PERCENT,
      "percent of the requests; Azure mirrors half at most",
    ).optional(),
    /** Sampled requests a second that are sent to the canary and to the old deployment by name, to compare their answers. */
    shadow: share(0.01, 1000, "sampled requests a second").optional(),
    /** Percent of the requests that the canary answers. */
    percent: wholeNumber(1, 100, "percent of the requests").optional(),
    dwellSeconds: wholeNumber(1, MAX_DWELL, "seconds; a week at most"),
    /** Limits that differ from the other steps'. */
    gate: z
      .strictObject({
        minRequests: limits.minRequests.exactOptional(),
        maxErrorPercent: limits.maxErrorPercent.exactOptional(),
        maxP95Ratio: limits.maxP95Ratio.exactOptional(),
        maxP95Ms: limits.maxP95Ms,
        maxDifferentPercent: limits.maxDifferentPercent,
        onBreach: limits.onBreach.exactOptional(),
        passWhen: limits.passWhen,
      })
      .optional(),
  })
  .superRefine(({ mirror, shadow, percent, gate: own }, context) => {
    if (percent !== undefined && own?.maxDifferentPercent !== undefined) {
      const message = "is {value}, and answers are compared in a step with mirror or shadow";
      context.addIssue({ code: "custom", path: ["gate", "maxDifferentPercent"], message });
    }
    if ([mirror, shadow, percent].filter((share) => share !== undefined).length === 1) return;
    const message =
      "must have one of mirror, shadow and percent: what the canary gets in this step";
    context.addIssue({ code: "custom", message });
  });

type Step = z.output<typeof step>;

const steps = z.array(step).superRefine((all, context) => {
  const report = (index: number, key: keyof Step, message: string) => {
    context.addIssue({ code: "custom", path: [index, key], message });
  };
  for (const [index, { mirror, shadow, percent }] of all.entries()) {
    const before = all[index - 1];
    if (shadow !== undefined && before?.percent !== undefined) {
      report(index, "shadow", "must come before the steps in which the canary gets live requests");
    }
    if (mirror !== undefined && index > 0) {
      report(
        index,
        "mirror",
        "must be the first step: a deployment gets mirrored or live requests",
      );
    }
    if (percent !== undefined && percent <= (before?.percent ?? 0)) {
      report(index, "percent", `is {value}; must be more than the step before, ${before?.percent}`);
    }
  }
  const last = all.at(-1);
  if (last === undefined) {
    context.addIssue({ code: "custom", message: "is empty; must end with a step of percent: 100" });
  } else if (last.percent !== 100) {
    const key = (["percent", "shadow", "mirror"] as const).find((one) => last[one] !== undefined);
    report(
      all.length - 1,
      key ?? "percent",
      "is {value}, and is the last step; the last one is percent: 100",
    );
  }
});

const requestFolder = (what: string) =>
  text(what).refine((path) => requestFiles(resolve(PROJECT_DIRECTORY, path)).length > 0, {
    message: "is {value}, which is not a folder with .json files; it is looked for in the project",
  });

/** What counts as the same answer: `mlscore:rollout.parity`. */
export const parity = z.strictObject({
  /** Folder with recorded requests, relative to the project. @default `requests` beside the endpoint's YAML */
  requests: requestFolder("a folder with recorded requests").optional(),
  /** Two numbers are alike when they differ by no more than this … */
  absoluteTolerance: share(0, 1_000_000_000, "the difference of two numbers").default(0),
  /** … or by no more than this share of the larger one. */
  relativeTolerance: share(0, 1, "share of the larger number").default(0),
  /** Most of the recorded requests whose answers may differ. */
  maxDifferentPercent: share(0, 100, "percent of the recorded requests").default(0),
  /** Keys of the answers that are not compared, wherever they are. */
  ignore: z.array(text("the name of a key")).default([]),
});

/** How a canary gets its share of the requests: `mlscore:rollout` of a sandbox. */
export const rolloutSettings = z
  .strictObject({
    steps,
    /** Folder with requests for the steps with `shadow`, each sent once; relative to the project. */
    samples: requestFolder("a folder with sampled requests").optional(),
    /** Percent of the rollouts of a canary within its limits that no gate stops, at least. */
    confidence: share(50, 99.9999, "percent; the rest is the chance of a false alarm").default(
      DEFAULT_CONFIDENCE,
    ),
    /** Requests to the endpoint that are expected, for `npm run rollout -- plan` and a warning of steps that need more. */
    requestsPerSecond: share(0.001, 1_000_000, "requests a second to the endpoint").optional(),
    // Not `.default({})`: the defaults of its keys are to apply.
    gate: gate.prefault({}),
    /** File with a request that the canary must answer, relative to the project. @default `sample-request.json` beside the endpoint's YAML */
    smoke: text("a file with a request")
      .refine((path) => isFile(resolve(PROJECT_DIRECTORY, path)), {
        message: "is {value}, which is not a file; it is looked for in the project",
      })
      .optional(),
    parity: parity.optional(),
    /** Numbers that the team counts itself, and where they are asked for. */
    metrics: ownMetrics.optional(),
    ...querySources,
  })
  .superRefine(({ metrics = [], ...sources }, context) => {
    for (const [index, { language }] of metrics.entries()) {
      const source = SOURCE_OF[language];
      if (sources[source] !== undefined) continue;
      const message = `is {value}, which needs mlscore:rollout.${source}: where it is asked`;
      context.addIssue({ code: "custom", path: ["metrics", index, "language"], message });
    }
  })
  .superRefine(({ steps: all, samples }, context) => {
    const index = all.findIndex(({ shadow }) => shadow !== undefined);
    if (index < 0 || samples !== undefined) return;
    const message =
      "needs mlscore:rollout.samples, a folder with sampled requests: nothing else knows what callers send";
    context.addIssue({ code: "custom", path: ["steps", index, "shadow"], message });
  });

export type RolloutSettings = z.output<typeof rolloutSettings>;

/** Absolute paths of the recorded requests in a folder, in the order of their names; none where there is no folder. */
export function requestFiles(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => join(folder, name));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
