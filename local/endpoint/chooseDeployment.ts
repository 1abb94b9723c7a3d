/**
 * Chooses the deployment that a request goes to, by the endpoint's split (traffic/splitRules.ts). Azure's rules
 * (how-to-safely-rollout-online-endpoints): the header `azureml-model-deployment` overrides the split, and a request
 * sent by header is not mirrored.
 */
import type { Traffic } from "../../traffic/split";

/** A number in [0, 1), like Math.random. */
export type Random = () => number;

/** The deployment for one request, or undefined when none has positive weight (Azure answers 404). */
export function chooseByWeight(traffic: Traffic, random: Random): string | undefined {
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

/** The deployment that this request is also mirrored to, if any; chosen at random by its percent. */
export function chooseMirror(mirrorTraffic: Traffic, random: Random): string | undefined {
  const entry = Object.entries(mirrorTraffic).find(([, percent]) => percent > 0);
  if (entry === undefined) return undefined;
  return random() * 100 < entry[1] ? entry[0] : undefined;
}
