import { rateBounds } from "../../statistics/rateBounds";
import { outcomeText } from "../format";
import type { Analysis, Done, Intent, Line, Started, Stopped } from "../record";
import { rolloutOf, type Rollout } from "../state";

/** What a drawing and its table show of a rollout. */
export interface Picture {
  readonly rollout: Rollout;
  /** The end of the time that is drawn: of the rollout, or now. ISO 8601. */
  readonly until: string;
  /** In words; missing while it is under way. */
  readonly ended?: string;
  readonly shares: readonly Share[];
  readonly steps: readonly StepPicture[];
}

/** The canary's part of the requests over a time. */
export interface Share {
  readonly from: string;
  readonly to: string;
  readonly percent: number;
  readonly isMirrored: boolean;
}

/** `skipped`: the rollout began at a later step. */
export type StepState =
  "passed" | "breach" | "stopped" | "ended" | "under way" | "not begun" | "skipped";

export interface StepPicture {
  /** From 1. */
  readonly number: number;
  readonly kind: Rollout["steps"][number]["kind"];
  readonly percent: number;
  readonly maxErrorPercent: number;
  readonly state: StepState;
  /** What the record says of its end. */
  readonly reason?: string;
  /** Missing as long as its gate has said nothing. */
  readonly canary?: Side;
  readonly old?: Side;
}

/** What came to the canary, or to the old deployments together. */
export interface Side {
  readonly requests: number;
  /** Missing in records of before it was counted. */
  readonly errors?: { readonly percent: number; readonly low: number; readonly high: number };
  readonly p95Ms?: number;
}

/**
 * The newest rollout of an endpoint that got as far as its first step; undefined where there is none.
 *
 * @param now ISO 8601
 * @param current what came so far in the step under way, where that is known
 */
export function pictureOf(
  lines: readonly Line[],
  endpoint: string,
  now: string,
  current?: Analysis,
): Picture | undefined {
  const started = lines.findLast(
    (line): line is Started => line.event === "started" && line.endpoint === endpoint,
  );
  if (started === undefined) return undefined;
  const rollout = rolloutOf(started);
  const own = lines.filter((line) => line.rollout === rollout.id);
  const done = own.filter((line): line is Done => line.event === "done");
  const end = done.find(({ change }) => change.kind === "end");
  const until = end?.time ?? now;
  return {
    rollout,
    until,
    ...(end?.change.kind === "end" ? { ended: outcomeText(end.change.outcome) } : {}),
    shares: sharesOf(rollout.canary, done, until),
    steps: rollout.steps.map((step, index) => {
      const { reason, state, analysis } = endOf(index, own, done);
      return {
        number: index + 1,
        kind: step.kind,
        percent: step.percent,
        maxErrorPercent: step.gate.maxErrorPercent,
        state,
        ...(reason === undefined ? {} : { reason }),
        ...sidesOf(analysis ?? (current?.step === index ? current : undefined), rollout),
      };
    }),
  };
}

function sharesOf(canary: string, done: readonly Done[], until: string): Share[] {
  return done.map(({ time, split: { traffic, mirrorTraffic } }, index) => {
    const mirrored = mirrorTraffic[canary] ?? 0;
    return {
      from: time,
      to: done[index + 1]?.time ?? until,
      percent: mirrored > 0 ? mirrored : (traffic[canary] ?? 0),
      isMirrored: mirrored > 0,
    };
  });
}

interface StepEnd {
  readonly state: StepState;
  readonly reason?: string;
  readonly analysis?: Analysis;
}

/** How a step ended, by the last line that its gate or the user has written about it. */
function endOf(index: number, own: readonly Line[], done: readonly Done[]): StepEnd {
  const judged = own.findLast(
    (line): line is (Intent | Stopped) & { analysis: Analysis } =>
      (line.event === "intent" || line.event === "stopped") && line.analysis?.step === index,
  );
  const steps = done.flatMap(({ change }) => (change.kind === "step" ? [change.step] : []));
  if (judged !== undefined) {
    const { reason, analysis } = judged;
    if (judged.event === "stopped") return { state: "stopped", reason, analysis };
    const isBreach = judged.change.kind === "end" && judged.change.outcome === "rolledBack";
    return { state: isBreach ? "breach" : "passed", reason, analysis };
  }
  if (!steps.includes(index)) return { state: index < (steps[0] ?? 0) ? "skipped" : "not begun" };
  const end = own.findLast(
    (line): line is Intent => line.event === "intent" && line.change.kind === "end",
  );
  if (end === undefined) return { state: "under way" };
  return { state: "ended", reason: end.reason };
}

function sidesOf(
  analysis: Analysis | undefined,
  { confidence }: Rollout,
): Pick<StepPicture, "canary" | "old"> {
  if (analysis === undefined) return {};
  const risk = 1 - confidence / 100;
  return { canary: sideOf(analysis.canary, risk), old: sideOf(analysis.old, risk) };
}

function sideOf(
  {
    requests,
    errors,
    p95Ms,
  }: { requests: number; errors?: number | undefined; p95Ms?: number | undefined },
  risk: number,
): Side {
  const { low, high } = rateBounds({ hits: errors ?? 0, trials: requests }, risk);
  return {
    requests,
    ...(errors === undefined || requests === 0
      ? {}
      : { errors: { percent: (100 * errors) / requests, low: 100 * low, high: 100 * high } }),
    ...(p95Ms === undefined ? {} : { p95Ms }),
  };
}
