import type { RolloutStep } from "../config/rollout";
import type { Change } from "./record";
import type { Compared, WindowTotals } from "./window";

/** Numbers and steps for people. */

/** At most two digits after the point, none that are zero: `1`, `1.5`, `0.33`. */
export function shortNumber(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** `1 request`, `2 requests`. */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Seconds as `45 s`, `10 min`, `1 h 30 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, min, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const parts = [
    ...(h > 0 ? [`${h} h`] : []),
    ...(min > 0 ? [`${min} min`] : []),
    ...(s > 0 && h === 0 ? [`${s} s`] : []),
  ];
  return parts.length > 0 ? parts.join(" ") : "0 s";
}

/** What the canary gets in a step: `10 % mirrored`, `1 % of the requests`. */
function stepShare({
  kind,
  percent,
  replay,
}: Pick<RolloutStep, "kind" | "percent" | "replay">): string {
  if (replay !== undefined) {
    const what = replay.perSecond === 1 ? "sampled request" : "sampled requests";
    return `${shortNumber(replay.perSecond)} ${what} a second`;
  }
  return kind === "mirror" ? `${percent} % mirrored` : `${percent} % of the requests`;
}

/** `step 2 of 5 (10 % of the requests for 30 min)` */
export function stepName(steps: readonly RolloutStep[], index: number): string {
  const step = steps[index];
  if (step === undefined) throw new Error(`there is no step ${index}`);
  return `step ${index + 1} of ${steps.length} (${stepShare(step)} for ${duration(step.dwellSeconds)})`;
}

/** `250 requests, 1 % failed (424: 2, 500: 1), p95 80 ms` */
export function describeMetrics({ requests, errors, byStatus, p95Ms }: WindowTotals): string {
  if (requests === 0) return "no requests";
  const failed = Object.entries(byStatus)
    .filter(([status]) => status !== "200")
    .map(([status, count]) => `${status}: ${count}`);
  const statuses = failed.length > 0 ? ` (${failed.join(", ")})` : "";
  const latency = p95Ms === undefined ? "" : `, p95 ${shortNumber(p95Ms)} ms`;
  const percent = shortNumber((100 * errors) / requests);
  return `${counted(requests, "request", "requests")}, ${percent} % failed${statuses}${latency}`;
}

/** `12 of 412 answers differ (2.91 %)` */
export function comparedText({ compared, different }: Compared): string {
  const percent = compared === 0 ? 0 : (100 * different) / compared;
  return `${different} of ${counted(compared, "answer differs", "answers differ")} (${shortNumber(percent)} %)`;
}

/** The most frequent differing fields: `$.predictions[*].p: 12, $.unit: 3` */
export function fieldsText({ fields }: Compared, most: number): string {
  return fields
    .slice(0, most)
    .map(([field, pairs]) => `${field}: ${pairs}`)
    .join(", ");
}

type Outcome = Extract<Change, { kind: "end" }>["outcome"];

/** How a rollout ended, after `was`. */
export function outcomeText(outcome: Outcome): string {
  const words = {
    promoted: "promoted",
    aborted: "aborted",
    rolledBack: "rolled back by its gate",
    adopted: "ended by adopting a split that was changed outside",
  };
  return words[outcome];
}
