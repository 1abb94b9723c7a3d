import type { ComparisonRules } from "../answers/differences";
import { UserError } from "../errors";
import type { OwnMetric } from "../config/ownMetrics";
import { defaultPassWhen, type RolloutStep } from "../config/rollout";
import { DEFAULT_CONFIDENCE } from "../config/rolloutSettings";
import type { LiveSplit } from "../traffic/liveEndpoint";
import { openRollout } from "../traffic/rolloutTag";
import { sameSplit, type Split, type Traffic } from "../traffic/split";
import type { Change, Done, Intent, Line, Started, Stopped } from "./record";

/** What a rollout is about, from its first line. */
export interface Rollout {
  readonly id: string;
  readonly endpoint: string;
  readonly canary: string;
  /** `name@sha256:…` of what it ran at the start, where that is known. */
  readonly image?: string;
  /** The live percents before it, without the canary: what an abort goes back to. */
  readonly baseline: Traffic;
  /** The live percent that it had itself before. */
  readonly formerPercent: number;
  readonly steps: readonly RolloutStep[];
  /** In percent; the rest is the chance of a false alarm of the whole rollout. */
  readonly confidence: number;
  /** How answers to mirrored requests are compared; missing where no step has a limit on that. */
  readonly comparison?: ComparisonRules;
  /** Numbers that the team counts itself. */
  readonly metrics: readonly OwnMetric[];
  readonly startedAt: string;
}

/** What the endpoint should show: its split, and the tag that names the rollout under way. */
export interface Expected {
  readonly split: Split;
  readonly tag: string | undefined;
}

/** Where a rollout is, by its record alone. */
export type Progress =
  /** At a step, whose write is on record as done. */
  | {
      readonly kind: "atStep";
      readonly step: number;
      readonly done: Done;
      /** How often the step's window has begun, this time included: more than once after `restore`. */
      readonly windows: number;
      /** What its gate said, when it failed and the split was left as it is. */
      readonly stopped?: Stopped;
      readonly expected: Expected;
    }
  /** A write was announced, and nobody has put down how it went. */
  | {
      readonly kind: "writing";
      readonly intent: Started | Intent;
      /** What may show until then: after several interrupted writes it may be the aim of any of them. */
      readonly before: readonly Expected[];
      readonly expected: Expected;
    };

export interface OpenRollout {
  readonly rollout: Rollout;
  readonly progress: Progress;
}

/** A rollout that is over. */
export interface Ended {
  readonly rollout: Rollout;
  readonly outcome: Extract<Change, { kind: "end" }>["outcome"];
  readonly at: string;
  readonly reason: string;
}

export interface Recorded {
  readonly open?: OpenRollout;
  readonly last?: Ended;
}

/** The value of the tag that an endpoint has during a rollout. */
export function tagOf({ id, canary }: Rollout): string {
  return `${canary} ${id}`;
}

/**
 * What the lines say of an endpoint. A stack's endpoint may have had another name before, and then it is another one.
 * @throws UserError when they are of two rollouts at once
 */
export function recorded(lines: readonly Line[], endpoint: string): Recorded {
  const others = lines
    .filter((line) => line.event === "started" && line.endpoint !== endpoint)
    .map(({ rollout }) => rollout);
  let open: OpenRollout | undefined;
  let last: Ended | undefined;
  let windows: number[] = [];
  for (const line of lines) {
    if (line.event === "refused" || others.includes(line.rollout)) continue;
    if (line.event === "started") {
      if (open !== undefined) throw twoAtOnce(open.rollout.id, line.rollout);
      const former = { split: line.from, tag: undefined };
      windows = [];
      open = { rollout: rolloutOf(line), progress: writing(rolloutOf(line), line, [former]) };
      continue;
    }
    if (open?.rollout.id !== line.rollout) throw twoAtOnce(open?.rollout.id, line.rollout);
    const { rollout, progress }: OpenRollout = open;
    if (line.event === "done" && line.change.kind === "end") {
      const reason = progress.kind === "writing" ? progress.intent.reason : "";
      last = { rollout, outcome: line.change.outcome, at: line.time, reason };
      open = undefined;
    } else {
      if (line.event === "done") {
        const step = stepIn(line);
        windows[step] = (windows[step] ?? 0) + 1;
      }
      open = { rollout, progress: next(rollout, progress, line, windows) };
    }
  }
  return { ...(open === undefined ? {} : { open }), ...(last === undefined ? {} : { last }) };
}

function stepIn({ change }: Done): number {
  return change.kind === "step" ? change.step : 0;
}

function next(
  rollout: Rollout,
  progress: Progress,
  line: Intent | Done | Stopped,
  windows: readonly number[],
): Progress {
  switch (line.event) {
    case "intent": {
      const earlier = progress.kind === "writing" ? progress.before : [];
      const from = { split: line.from, tag: tagOf(rollout) };
      return writing(rollout, line, [...earlier, progress.expected, from]);
    }
    case "done": {
      const step = stepIn(line);
      const expected = { split: line.split, tag: tagOf(rollout) };
      return { kind: "atStep", step, done: line, windows: windows[step] ?? 1, expected };
    }
    case "stopped":
      return progress.kind === "atStep" ? { ...progress, stopped: line } : progress;
  }
}

function writing(
  rollout: Rollout,
  intent: Started | Intent,
  before: readonly Expected[],
): Progress {
  const tag = intent.change.kind === "end" ? undefined : tagOf(rollout);
  return { kind: "writing", intent, before, expected: { split: intent.to, tag } };
}

/** A rollout that was started before they could be set has the defaults of what its line lacks. */
export function rolloutOf({
  rollout,
  endpoint,
  canary,
  image,
  baseline,
  from,
  steps,
  confidence = DEFAULT_CONFIDENCE,
  comparison,
  metrics = [],
  time,
}: Started): Rollout {
  const complete = steps.map((step) => ({
    ...step,
    gate: { passWhen: defaultPassWhen(step), ...step.gate },
  }));
  return {
    id: rollout,
    endpoint,
    canary,
    ...(image === undefined ? {} : { image }),
    baseline,
    formerPercent: from.traffic[canary] ?? 0,
    steps: complete,
    confidence,
    ...(comparison === undefined ? {} : { comparison }),
    metrics,
    startedAt: time,
  };
}

/** How a step compares answers; undefined where it does not. */
export function rulesAt({ steps, comparison }: Rollout, step: number): ComparisonRules | undefined {
  return steps[step]?.gate.maxDifferentPercent === undefined ? undefined : comparison;
}

/** The same of mirrored requests alone. */
export function mirrorRulesAt(rollout: Rollout, step: number): ComparisonRules | undefined {
  return rollout.steps[step]?.kind === "mirror" ? rulesAt(rollout, step) : undefined;
}

function twoAtOnce(one: string | undefined, other: string): UserError {
  const what = one === undefined ? "a rollout that never started" : `two rollouts at once, ${one}`;
  return new UserError(
    `the record has lines of ${what} (${other}); it was merged or changed by hand. Put it back as it was`,
  );
}

export function shows(live: LiveSplit, expected: Expected): boolean {
  return sameSplit(live.split, expected.split) && openRollout(live) === expected.tag;
}

/** How an open rollout and the live endpoint fit together. */
export type Situation =
  /** As the record says. */
  | "asRecorded"
  /** A write was announced and has not happened. */
  | "notWritten"
  /** A write was announced and has happened. */
  | "written"
  /** Somebody else has changed the split or taken the tag away. */
  | "drifted";

export function situationOf(progress: Progress, live: LiveSplit): Situation {
  if (progress.kind === "atStep") {
    return shows(live, progress.expected) ? "asRecorded" : "drifted";
  }
  if (shows(live, progress.expected)) return "written";
  return progress.before.some((one) => shows(live, one)) ? "notWritten" : "drifted";
}
