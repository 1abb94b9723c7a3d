import { percentOf, type Split, type Traffic } from "../../traffic/split";
import { splitProblems, type SplitProblem } from "../../traffic/splitRules";
import { endpointNameProblem } from "./names";
import { didYouMean } from "./nearest";

/** A problem of the keys `traffic` and `mirror_traffic`. */
export interface TrafficKeyProblem {
  readonly key: "traffic" | "mirror_traffic";
  /** The entry of the key; missing when the problem is about the whole key. */
  readonly deployment?: string;
  readonly message: string;
  readonly severity: "error" | "warning";
}

const KEYS = { traffic: "traffic", mirrorTraffic: "mirror_traffic" } as const;

/**
 * The split that an endpoint's YAML declares, and what is wrong with it. `traffic` has an entry for every deployment,
 * zeros too: what Azure does with one that is left out is not documented.
 *
 * @param deployments names of the deployments in the folder
 */
export function declaredSplit(
  deployments: readonly string[],
  input: { readonly traffic?: Traffic | undefined; readonly mirrorTraffic?: Traffic | undefined },
): { readonly split: Split; readonly problems: readonly TrafficKeyProblem[] } {
  const { traffic = {}, mirrorTraffic = {} } = input;
  const mirrored = Object.entries(mirrorTraffic).filter(([, percent]) => percent > 0);
  return {
    split: {
      traffic: Object.fromEntries(deployments.map((name) => [name, percentOf(traffic, name)])),
      mirrorTraffic: Object.fromEntries(mirrored),
    },
    problems: [
      ...(input.traffic === undefined ? missingTraffic(deployments) : []),
      ...splitProblems({ traffic, mirrorTraffic }, deployments).flatMap((problem) =>
        keyProblem(problem, traffic),
      ),
      ...(mirrored.length > 0 ? nothingToMirror(traffic) : []),
    ],
  };
}

function keyProblem(problem: SplitProblem, traffic: Traffic): TrafficKeyProblem[] {
  const severity = "error";
  switch (problem.kind) {
    case "unknownDeployment": {
      const { table, deployment, known } = problem;
      const listed = known.length === 0 ? "none" : known.join(", ");
      // One that has its own entry is not what was meant: the file of this one is gone.
      const free = known.filter((name) => !Object.hasOwn(traffic, name));
      const guess = didYouMean(deployment, free);
      const advice = guess === "" ? "; remove the line, or restore its file" : guess;
      const message = `is not a deployment in this folder (there: ${listed})${advice}`;
      return [{ key: KEYS[table], deployment, message, severity }];
    }
    case "sum": {
      const terms = Object.entries(traffic).map(([name, percent]) => `${name} ${percent}`);
      const message = `sums to ${problem.sum} (${terms.join(" + ")}); must sum to 100, or to 0 for no traffic at all`;
      return [{ key: "traffic", message, severity }];
    }
    case "mirrorCount": {
      const { deployments } = problem;
      const message = `names ${deployments.length} deployments (${deployments.join(", ")}); Azure mirrors to one only`;
      return [{ key: "mirror_traffic", message, severity }];
    }
    case "liveAndMirrored": {
      const { deployment, percent } = problem;
      const message = `has ${percent} % of the live traffic too; a deployment gets live or mirrored requests, not both`;
      return [{ key: "mirror_traffic", deployment, message, severity }];
    }
    default:
      // Percentages out of range are reported by the schema.
      return [];
  }
}

function missingTraffic(deployments: readonly string[]): TrafficKeyProblem[] {
  if (deployments.length === 0) return [];
  const [first = ""] = deployments;
  const areValid = deployments.every((name) => endpointNameProblem(name) === undefined);
  const entries = deployments.map((name) => `${name}: ${name === first ? 100 : 0}`);
  const line = `traffic: {${areValid ? entries.join(", ") : "<deployment>: 100"}}`;
  const message = `is missing, so no deployment gets requests and callers get 404 (unless they name a deployment); to route them, add: ${line}`;
  return [{ key: "traffic", message, severity: "warning" }];
}

function nothingToMirror(traffic: Traffic): TrafficKeyProblem[] {
  if (Object.values(traffic).some((percent) => percent !== 0)) return [];
  const message = "mirrors live requests, but no deployment has live traffic";
  return [{ key: "mirror_traffic", message, severity: "warning" }];
}
