import { MAX_MIRROR_PERCENT, type SplitProblem } from "./splitRules";

/** The problem in the words of ARM's properties, as the emulator and the local endpoint answer it. */
export function splitProblemText(problem: SplitProblem): string {
  switch (problem.kind) {
    case "unknownDeployment": {
      const { table, deployment, known } = problem;
      const listed = known.length === 0 ? "there is none" : `there is ${known.join(", ")}`;
      return `${table} names the deployment ${deployment}; ${listed}`;
    }
    case "percent":
      return `${problem.table}.${problem.deployment} is ${problem.percent}; a whole number from 0 to 100 is allowed`;
    case "mirrorPercent":
      return `mirrorTraffic.${problem.deployment} is ${problem.percent}; at most ${MAX_MIRROR_PERCENT} is allowed`;
    case "sum":
      return `traffic sums to ${problem.sum}; 0 or 100 is allowed`;
    case "mirrorCount":
      return `mirrorTraffic names ${problem.deployments.length} deployments; one is allowed`;
    case "liveAndMirrored":
      return `${problem.deployment} has live and mirrored traffic; a deployment takes one or the other`;
    case "notReady":
      return problem.provisioningState === undefined
        ? `${problem.deployment} does not exist`
        : `${problem.deployment} is ${problem.provisioningState} and not Succeeded`;
    case "atCreation":
      return "traffic cannot be set when the endpoint is created: its deployments have to exist first";
    case "deletion": {
      const { table, deployment, percent } = problem;
      const what = table === "traffic" ? "live" : "mirrored";
      return (
        `You cannot delete the deployment ${deployment}, which has ${percent} % of ${what} traffic allocated to it. ` +
        "You must first set its traffic to 0%."
      );
    }
  }
}
