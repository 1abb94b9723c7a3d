/** Percent by deployment name. */
export type Traffic = Readonly<Record<string, number>>;

/** How an endpoint's requests are shared out: what is answered, and what is only copied. */
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
    (name) => (one[name] ?? 0) === (other[name] ?? 0),
  );
}

/** Names that get requests, answered or copied. */
export function named({ traffic, mirrorTraffic }: Split): string[] {
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

/** For people: `multi-model 90 %, compact 10 %, copies of 5 % to next`. */
export function describeSplit({ traffic, mirrorTraffic }: Split): string {
  const live = Object.entries(traffic).map(([name, percent]) => `${name} ${percent} %`);
  const copies = Object.entries(mirrorTraffic)
    .filter(([, percent]) => percent > 0)
    .map(([name, percent]) => `copies of ${percent} % to ${name}`);
  return [...live, ...copies].join(", ") || "no deployment gets requests";
}
