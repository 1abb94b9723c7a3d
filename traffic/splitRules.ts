import type { AssumptionId } from "../assumptions";
import { namesWithTraffic, percentOf, type Split } from "./split";

/** Most of the live requests that may be mirrored, in percent. */
export const MAX_MIRROR_PERCENT = 50;

/** Property of an endpoint in ARM; the CLI's YAML calls the second one `mirror_traffic`. */
type SplitTable = "traffic" | "mirrorTraffic";

/**
 * One rule of Azure that a split breaks. Callers word their own message from it, or take `splitProblemText`.
 *
 * @example splitProblems({ traffic: { blue: 90 }, mirrorTraffic: {} }, ["blue"]) // [{ kind: "sum", sum: 90 }]
 */
export type SplitProblem =
  | {
      readonly kind: "unknownDeployment";
      readonly table: SplitTable;
      readonly deployment: string;
      /** Names of the endpoint's deployments. */
      readonly known: readonly string[];
    }
  /** Not a whole number from 0 to 100. */
  | {
      readonly kind: "percent";
      readonly table: SplitTable;
      readonly deployment: string;
      readonly percent: number;
    }
  /** More than `MAX_MIRROR_PERCENT`. */
  | { readonly kind: "mirrorPercent"; readonly deployment: string; readonly percent: number }
  /** The live percentages sum to neither 0 nor 100. */
  | { readonly kind: "sum"; readonly sum: number }
  /** More than one deployment has mirrored traffic. */
  | { readonly kind: "mirrorCount"; readonly deployments: readonly string[] }
  /** A deployment has live and mirrored traffic; `percent` is the live one. */
  | { readonly kind: "liveAndMirrored"; readonly deployment: string; readonly percent: number }
  /** A deployment with traffic does not exist, or is in another state than `Succeeded`. */
  | {
      readonly kind: "notReady";
      readonly deployment: string;
      readonly provisioningState: string | undefined;
    }
  /** The endpoint is created with a split, before any deployment exists. */
  | { readonly kind: "atCreation" }
  /** A deployment is deleted while it has traffic. */
  | {
      readonly kind: "deletion";
      readonly table: SplitTable;
      readonly deployment: string;
      readonly percent: number;
    };

/**
 * Rules that a split breaks when it is written to an endpoint; none when Azure accepts it. Sources: Microsoft Learn
 * "Manage and increase quotas" and "Safe rollout for online endpoints".
 *
 * @param deployments names of the endpoint's deployments
 */
export function splitProblems(
  { traffic, mirrorTraffic }: Split,
  deployments: readonly string[],
): SplitProblem[] {
  const problems: SplitProblem[] = [];
  for (const [table, percents] of Object.entries({ traffic, mirrorTraffic })) {
    for (const [deployment, percent] of Object.entries(percents)) {
      const at = { table: table as SplitTable, deployment };
      if (!deployments.includes(deployment)) {
        problems.push({ kind: "unknownDeployment", ...at, known: deployments });
      }
      if (!Number.isInteger(percent) || percent < 0 || percent > 100) {
        problems.push({ kind: "percent", ...at, percent });
      }
    }
  }
  const sum = Object.values(traffic).reduce((total, percent) => total + percent, 0);
  if (sum !== 0 && sum !== 100) problems.push({ kind: "sum", sum });
  const mirrored = Object.keys(mirrorTraffic).filter((name) => percentOf(mirrorTraffic, name) > 0);
  if (mirrored.length > 1) problems.push({ kind: "mirrorCount", deployments: mirrored });
  for (const deployment of mirrored) {
    const percent = percentOf(mirrorTraffic, deployment);
    if (percent > MAX_MIRROR_PERCENT) {
      problems.push({ kind: "mirrorPercent", deployment, percent });
    }
    const live = percentOf(traffic, deployment);
    if (live > 0) problems.push({ kind: "liveAndMirrored", deployment, percent: live });
  }
  return problems;
}

/** Deployments of a split that cannot serve requests. A deployment with zero may be in any state. */
export function readinessProblems(
  split: Split,
  deployments: readonly { readonly name: string; readonly provisioningState: string }[],
): SplitProblem[] {
  return namesWithTraffic(split).flatMap((deployment): SplitProblem[] => {
    const found = deployments.find(({ name }) => name === deployment);
    const provisioningState = found?.provisioningState;
    if (provisioningState === "Succeeded") return [];
    return [{ kind: "notReady", deployment, provisioningState }];
  });
}

/** An endpoint is created without a split, because its deployments have to exist first. */
export function creationProblems({ traffic, mirrorTraffic }: Split): SplitProblem[] {
  const names = Object.keys({ ...traffic, ...mirrorTraffic });
  return names.length === 0 ? [] : [{ kind: "atCreation" }];
}

/** A deployment can be deleted once it has neither live nor mirrored traffic. */
export function deletionProblems(
  { traffic, mirrorTraffic }: Split,
  deployment: string,
): SplitProblem[] {
  const at = { kind: "deletion", deployment } as const;
  const [live, mirrored] = [percentOf(traffic, deployment), percentOf(mirrorTraffic, deployment)];
  return [
    ...(live > 0 ? [{ ...at, table: "traffic", percent: live } as const] : []),
    ...(mirrored > 0 ? [{ ...at, table: "mirrorTraffic", percent: mirrored } as const] : []),
  ];
}

/** The assumption about Azure that the broken rule rests on. */
export function assumptionOf(problem: SplitProblem): AssumptionId {
  if (problem.kind === "deletion") {
    return problem.table === "traffic"
      ? "deployment-delete-with-traffic"
      : "deployment-delete-with-mirror";
  }
  return ASSUMPTIONS[problem.kind];
}

const ASSUMPTIONS = {
  unknownDeployment: "endpoint-traffic-known-deployments",
  percent: "endpoint-traffic-sum",
  mirrorPercent: "endpoint-mirror-limits",
  sum: "endpoint-traffic-sum",
  mirrorCount: "endpoint-mirror-limits",
  liveAndMirrored: "endpoint-mirror-or-live",
  notReady: "endpoint-traffic-succeeded",
  atCreation: "endpoint-traffic-at-creation",
} as const satisfies Record<Exclude<SplitProblem["kind"], "deletion">, AssumptionId>;

/** Whether a deployment is being scaled (by autoscale, for instance) or updated, and will be `Succeeded` again. */
export function isTransient(provisioningState: string): boolean {
  return provisioningState === "Scaling" || provisioningState === "Updating";
}
