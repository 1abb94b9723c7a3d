import type { Traffic } from "../types";
import { endpointNameFault } from "./names";
import { didYouMean } from "./nearest";

/**
 * Azure's rules for a split (Microsoft Learn "Manage and increase quotas" and "Safe rollout for online endpoints"):
 * the values sum to 0 or 100; one deployment at most is mirrored to, with 50 % at most, and never one that has live
 * traffic.
 */

export interface SplitFault {
  readonly table: "traffic" | "mirror_traffic";
  /** The deployment the fault is about; missing when it is about the whole table. */
  readonly deployment?: string;
  readonly message: string;
  readonly severity: "error" | "warning";
}

export interface Split {
  /** Explicit for every deployment, zeros too: what Azure does with one that is left out is not documented. */
  readonly traffic: Traffic;
  readonly mirrorTraffic: Traffic;
  readonly faults: readonly SplitFault[];
}

/** The split over `deployments` from what is written, and what is wrong with it. */
export function splitOf(
  deployments: readonly string[],
  written: { readonly traffic?: Traffic | undefined; readonly mirrorTraffic?: Traffic | undefined },
): Split {
  const live = written.traffic ?? {};
  const mirrored = Object.fromEntries(
    Object.entries(written.mirrorTraffic ?? {}).filter(([, percent]) => percent > 0),
  );
  const faults = [
    ...undeclared("traffic", Object.keys(live), deployments),
    ...undeclared("mirror_traffic", Object.keys(written.mirrorTraffic ?? {}), deployments),
    ...sumFaults(deployments, written.traffic),
    ...mirrorFaults(live, mirrored),
  ];
  return {
    traffic: Object.fromEntries(deployments.map((name) => [name, percentOf(live, name)])),
    mirrorTraffic: mirrored,
    faults,
  };
}

function percentOf(traffic: Traffic, name: string): number {
  return Object.hasOwn(traffic, name) ? (traffic[name] ?? 0) : 0;
}

function undeclared(
  table: SplitFault["table"],
  names: readonly string[],
  deployments: readonly string[],
): SplitFault[] {
  return names
    .filter((name) => !deployments.includes(name))
    .map((name) => {
      const known = deployments.length === 0 ? "none" : deployments.join(", ");
      const message = `is not a deployment in this folder (there: ${known})${didYouMean(name, deployments)}`;
      return { table, deployment: name, message, severity: "error" };
    });
}

function sumFaults(deployments: readonly string[], traffic: Traffic | undefined): SplitFault[] {
  if (traffic === undefined) {
    if (deployments.length === 0) return [];
    const [first = ""] = deployments;
    const isNamed = deployments.every((name) => endpointNameFault(name) === undefined);
    const entries = deployments.map((name) => `${name}: ${name === first ? 100 : 0}`);
    const line = `traffic: {${isNamed ? entries.join(", ") : "<deployment>: 100"}}`;
    const message = `is missing, so no deployment gets requests and callers get 404 (unless they name a deployment); to route them, add: ${line}`;
    return [{ table: "traffic", message, severity: "warning" }];
  }
  // Over what is written, not over what is declared: an undeclared name is one mistake, not two.
  const parts = Object.entries(traffic);
  const sum = parts.reduce((total, [, percent]) => total + percent, 0);
  if (sum === 0 || sum === 100) return [];
  const sums = parts.map(([name, percent]) => `${name} ${percent}`).join(" + ");
  const message = `sums to ${sum} (${sums}); must sum to 100, or to 0 for no traffic at all`;
  return [{ table: "traffic", message, severity: "error" }];
}

function mirrorFaults(live: Traffic, mirrored: Traffic): SplitFault[] {
  const faults: SplitFault[] = [];
  const names = Object.keys(mirrored);
  if (names.length > 1) {
    const message = `names ${names.length} deployments (${names.join(", ")}); Azure mirrors to one only`;
    faults.push({ table: "mirror_traffic", message, severity: "error" });
  }
  for (const name of names) {
    const percent = percentOf(live, name);
    if (percent === 0) continue;
    const message = `has ${percent} % of the live traffic too; a deployment gets live or mirrored requests, not both`;
    faults.push({ table: "mirror_traffic", deployment: name, message, severity: "error" });
  }
  if (names.length > 0 && Object.values(live).every((percent) => percent === 0)) {
    const message = "copies live requests, of which there are none: no deployment has live traffic";
    faults.push({ table: "mirror_traffic", message, severity: "warning" });
  }
  return faults;
}
