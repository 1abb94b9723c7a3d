/** What of a soak's figures is a fault. */
import type { Held } from "./endpointProcess";
import type { Use } from "./descriptors";
import type { Outcome } from "./requests";

/** The endpoint at one moment. */
export interface Sample {
  readonly held: Held;
  readonly supervisor: Use;
  readonly instances: Use;
}

/**
 * @param rest the endpoint without requests, after the warm-up: whatever is made once has been made
 * @param end the same after the soak
 * @returns a line for each fault
 */
export function faultsOf(rest: Sample, end: Sample, outcomes: readonly Outcome[]): string[] {
  const held = (["livePlaces", "mirrorPlaces", "mirrorBytes"] as const)
    .filter((what) => end.held[what] !== 0)
    .map((what) => `${what} is ${end.held[what]} and not 0 when no request is under way`);
  const descriptors = (["supervisor", "instances"] as const)
    .map((who) => [who, rest[who].descriptors, end[who].descriptors] as const)
    .filter(([, before, after]) => after > before)
    .map(([who, before, after]) => `descriptors of ${who}: ${before} became ${after}`);
  const restarted = end.held.instances.filter((pid) => !rest.held.instances.includes(pid));
  return [
    ...held,
    ...descriptors,
    ...restarted.map((pid) => `instance ${pid} was not there after the warm-up`),
    ...(end.held.mirrored > rest.held.mirrored ? [] : ["nothing was mirrored"]),
    ...outcomes.flatMap(({ fault, result }) =>
      fault === undefined ? [] : [`${result === "lost" ? "lost" : "wrong"}: ${fault}`],
    ),
  ];
}

/** Outcomes by what callers got, such as `200: 17`. */
export function tally(outcomes: readonly Outcome[]): string {
  const counts = new Map<string, number>();
  for (const { result } of outcomes) {
    counts.set(String(result), (counts.get(String(result)) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([result, count]) => `${result}: ${count}`)
    .join(", ");
}
