import { UserError } from "../errors";
import { decideSplit } from "../traffic/decide";
import { ROLLOUT_TAG, rolloutUnderWay } from "../traffic/rolloutTag";
import { describeSplit, sameSplit, type Split, type Traffic } from "../traffic/split";
import type { EndpointClient } from "./endpointClient";
import { valueAt } from "../graph/paths";
import type { EndpointSpec } from "./endpoint";
import type { StoredResource } from "../graph/graph";
import { printError } from "../output";

const ADVICE =
  "Take the live split over with `npm run rollout -- adopt`, or go back to the declared one with " +
  "`npm run rollout -- restore`; then run this again.";

/**
 * The spec with the split that is to be applied to what runs already: a rollout's, or one that was set by hand, is not
 * overwritten silently, as on Azure.
 *
 * @param before the stack's resources as the last run left them
 * @throws UserError when both the live and the declared split changed, or the change would cut into a rollout
 */
export async function withLiveSplit(
  host: EndpointClient,
  spec: EndpointSpec,
  before: readonly StoredResource[],
): Promise<EndpointSpec> {
  const live = await host.status();
  if (live.name === undefined) return spec;
  const rollout = live.tags[ROLLOUT_TAG];
  const split = decideSplit({
    last: lastSplit(before),
    live,
    desired: spec,
    deployments: spec.deployments.map(({ name }) => name),
    advice: ADVICE,
  });
  if (rollout !== undefined && !sameSplit(split, live))
    throw new UserError(rolloutUnderWay(rollout));
  if (!sameSplit(split, spec)) {
    printError(
      `warning: the live split stays (${describeSplit(split)}); declared is ${describeSplit(spec)}. ${ADVICE}`,
    );
  }
  return {
    ...spec,
    traffic: split.traffic,
    mirrorTraffic: split.mirrorTraffic,
    tags: rollout === undefined ? spec.tags : { ...spec.tags, [ROLLOUT_TAG]: rollout },
  };
}

function lastSplit(before: readonly StoredResource[]): Split | undefined {
  const last = before.find(({ type }) => type.endsWith(":TrafficSplit"))?.inputs;
  if (last === undefined) return undefined;
  const percentages = (key: string) => (valueAt(last, key) ?? {}) as Traffic;
  return { traffic: percentages("traffic"), mirrorTraffic: percentages("mirrorTraffic") };
}
