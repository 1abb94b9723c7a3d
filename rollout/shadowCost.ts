import { liveOf, type Context } from "./context";
import { counted, duration } from "./format";
import type { SampledRequests } from "./sampledRequests";

/**
 * Says what a step with sampled requests costs before it sends any. A managed online endpoint is billed for the virtual
 * machines of its deployments while they exist, not by request (Microsoft Learn "View costs for an Azure Machine Learning
 * managed online endpoint"), so what it costs is the time in which the canary's instances serve nobody, and load.
 */
export async function sayCost(context: Context, sampled: SampledRequests): Promise<void> {
  const { deployments } = await liveOf(context);
  const { old, canary } = sampled.pair;
  const instances = deployments.find(({ name }) => name === canary)?.instanceCount ?? 1;
  const seconds = sampled.leastSeconds;
  context.reporter.say(
    `Sends ${counted(sampled.count, "sampled request", "sampled requests")} to ${canary} and to ${old} by name: ` +
      `${2 * sampled.count} requests beside the callers', and at least ${duration(seconds)} in which ` +
      `${counted(instances, "instance", "instances")} of ${canary} serve no caller.`,
  );
}
