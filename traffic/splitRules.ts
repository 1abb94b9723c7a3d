import type { AssumptionId } from "../assumptions";
import { named, type Split, type Traffic } from "./split";

/** What the rules of this file assume of Azure. */
export const SPLIT_ASSUMPTIONS = [
  "endpoint-traffic-sum",
  "endpoint-traffic-known-deployments",
  "endpoint-mirror-limits",
  "endpoint-mirror-or-live",
  "endpoint-traffic-succeeded",
] as const satisfies readonly AssumptionId[];

/**
 * What is wrong with a wished split, in words; nothing when it is allowed. Azure's rules (Microsoft Learn "Manage and
 * increase quotas" and "Safe rollout for online endpoints"): whole percents that sum to 0 or 100; one deployment at most
 * gets copies, 50 % at most, and then no live traffic.
 *
 * @param deployments names of those that may get traffic
 */
export function trafficProblems(
  deployments: readonly string[],
  traffic: Traffic,
  mirrorTraffic: Traffic,
): string[] {
  const problems: string[] = [];
  const known = new Set(deployments);
  const listed = deployments.length === 0 ? "there is none" : `there is ${deployments.join(", ")}`;
  for (const [what, shares] of [
    ["traffic", traffic],
    ["mirror_traffic", mirrorTraffic],
  ] as const) {
    for (const [name, percent] of Object.entries(shares)) {
      if (!known.has(name)) problems.push(`${what} names the deployment ${name}; ${listed}`);
      if (!Number.isInteger(percent) || percent < 0 || percent > 100) {
        problems.push(`${what}.${name} is ${percent}; a whole number from 0 to 100 is allowed`);
      }
    }
  }
  const sum = Object.values(traffic).reduce((total, percent) => total + percent, 0);
  if (sum !== 0 && sum !== 100) problems.push(`traffic sums to ${sum}; 0 or 100 is allowed`);
  const mirrored = Object.entries(mirrorTraffic).filter(([, percent]) => percent > 0);
  if (mirrored.length > 1) {
    problems.push(`mirror_traffic names ${mirrored.length} deployments; one is allowed`);
  }
  for (const [name, percent] of mirrored) {
    if (percent > 50) problems.push(`mirror_traffic.${name} is ${percent}; at most 50 is allowed`);
    if ((traffic[name] ?? 0) > 0) {
      problems.push(`${name} has live and mirrored traffic; a deployment takes one or the other`);
    }
  }
  return problems;
}

/**
 * Which deployments of a split cannot serve, in words. A zero is allowed for each of them; requests only for one that is
 * `Succeeded`.
 */
export function unfitDeployments(
  deployments: readonly { readonly name: string; readonly provisioningState: string }[],
  split: Split,
): string[] {
  return named(split).flatMap((name) => {
    const found = deployments.find((deployment) => deployment.name === name);
    if (found === undefined) return [`${name} is not there`];
    const { provisioningState: state } = found;
    return state === "Succeeded" ? [] : [`${name} is ${state} and not Succeeded`];
  });
}

/** Whether a deployment is only scaled (by autoscale, for instance) or updated, and will be `Succeeded` again. */
export function isTransient(provisioningState: string): boolean {
  return provisioningState === "Scaling" || provisioningState === "Updating";
}
