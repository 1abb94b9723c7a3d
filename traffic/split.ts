/** Percent of the requests by deployment name. */
export type Traffic = Readonly<Record<string, number>>;

/** How an endpoint's requests are distributed: `traffic` is answered, `mirrorTraffic` gets duplicates whose answers are dropped. */
export interface Split {
  readonly traffic: Traffic;
  readonly mirrorTraffic: Traffic;
}

/** Whether two splits route alike. Azure's answer may leave zeros out (azure-ai-ml does before it writes). */
export function sameSplit(one: Split, other: Split): boolean {
  return (
    sameTraffic(one.traffic, other.traffic) && sameTraffic(one.mirrorTraffic, other.mirrorTraffic)
  );
}

function sameTraffic(one: Traffic, other: Traffic): boolean {
  return [...Object.keys(one), ...Object.keys(other)].every(
    (name) => percentOf(one, name) === percentOf(other, name),
  );
}

/** A deployment's percent; 0 for one that is left out. */
export function percentOf(traffic: Traffic, name: string): number {
  return Object.hasOwn(traffic, name) ? (traffic[name] ?? 0) : 0;
}

/** Names of the deployments with live or mirrored traffic. */
export function namesWithTraffic({ traffic, mirrorTraffic }: Split): string[] {
  const positive = [...Object.entries(traffic), ...Object.entries(mirrorTraffic)]
    .filter(([, percent]) => percent > 0)
    .map(([name]) => name);
  return [...new Set(positive)];
}

/**
 * The split with a number for each of the endpoint's deployments. What Azure does with one that a write leaves out is
 * not documented, and sources contradict each other.
 */
export function withZeros(
  { traffic, mirrorTraffic }: Split,
  deployments: readonly string[],
): Split {
  const zeros = Object.fromEntries(deployments.map((name) => [name, 0]));
  const mirrored = Object.entries(mirrorTraffic).filter(([, percent]) => percent > 0);
  return { traffic: { ...zeros, ...traffic }, mirrorTraffic: Object.fromEntries(mirrored) };
}

/** For people: `multi-model 90 %, compact 10 %, 5 % mirrored to next`. */
export function describeSplit({ traffic, mirrorTraffic }: Split): string {
  const live = Object.entries(traffic).map(([name, percent]) => `${name} ${percent} %`);
  const mirrored = Object.entries(mirrorTraffic)
    .filter(([, percent]) => percent > 0)
    .map(([name, percent]) => `${percent} % mirrored to ${name}`);
  return [...live, ...mirrored].join(", ") || "no deployment gets requests";
}
