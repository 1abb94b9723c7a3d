/**
 * Which deployment a request goes to. Pure: randomness comes in from outside.
 *
 * Azure's rules (how-to-safely-rollout-online-endpoints, reference-yaml-endpoint-online): percentages sum to 0 or 100;
 * the header `azureml-model-deployment` overrides them; a request sent by header is not mirrored; at most one
 * deployment gets mirrored traffic, at most 50 %, and it then takes no live traffic.
 */

export type Percentages = Readonly<Record<string, number>>;

/** A number in [0, 1), like Math.random. */
export type Random = () => number;

/** The deployment for one request, or undefined when none has positive weight (Azure answers 404). */
export function chooseByWeight(traffic: Percentages, random: Random): string | undefined {
  const entries = Object.entries(traffic).filter(([, percent]) => percent > 0);
  const total = entries.reduce((sum, [, percent]) => sum + percent, 0);
  let left = random() * total;
  for (const [name, percent] of entries) {
    if (left < percent) return name;
    left -= percent;
  }
  // Only reached through rounding in the subtraction above.
  return entries.at(-1)?.[0];
}

/** The deployment that also gets a copy of this request, if chance says so. */
export function chooseMirror(mirrorTraffic: Percentages, random: Random): string | undefined {
  const entry = Object.entries(mirrorTraffic).find(([, percent]) => percent > 0);
  if (entry === undefined) return undefined;
  return random() * 100 < entry[1] ? entry[0] : undefined;
}
