import { UserError } from "../errors";
import { print } from "../output";
import { forecast, planText } from "./plan";
import { configOf, type RolloutTargetOptions } from "./rolloutTarget";

/**
 * Prints what the plan of a stack's settings can do; no endpoint is asked.
 *
 * @throws UserError without a plan, or without a rate of requests
 */
export async function printPlan(options: RolloutTargetOptions & { rps?: number }): Promise<void> {
  const { rollout: plan } = await configOf(options);
  if (plan === undefined) {
    throw new UserError(`Pulumi.${options.stack}.yaml has no mlscore:rollout, so there is no plan`);
  }
  const perSecond = options.rps ?? plan.requestsPerSecond;
  if (perSecond === undefined) {
    throw new UserError(
      "Name the endpoint's requests a second: --rps, or requestsPerSecond in mlscore:rollout",
    );
  }
  print(planText(forecast(plan, perSecond), perSecond));
}
