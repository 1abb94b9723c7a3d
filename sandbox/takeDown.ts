import { UserError } from "../errors";
import type { OnlineEndpointDefinition } from "../config/types";
import type { Arm } from "../traffic/arm";
import { endpointId, readEndpoint, type EndpointPlace } from "../traffic/liveEndpoint";
import { isConflict, retryWhileBusy, type WriteOptions } from "../traffic/retryWhileBusy";
import { assertNoRollout } from "../traffic/rolloutTag";
import { describeSplit, sameSplit, withZeros } from "../traffic/split";
import { writeEndpoint } from "../traffic/writeEndpoint";

const NO_TRAFFIC = { traffic: {}, mirrorTraffic: {} };

/**
 * Refuses what a resumed endpoint would not have again: only what is declared comes back.
 *
 * @throws UserError while a rollout is under way, or when the live split is another one than the declared one
 */
export async function assertDeclared(
  arm: Arm,
  place: EndpointPlace,
  declared: OnlineEndpointDefinition,
): Promise<void> {
  const live = await readEndpoint(arm, place);
  // A pause that was interrupted has left no traffic, and perhaps some of the deployments.
  if (live === undefined || sameSplit(live.split, NO_TRAFFIC)) return;
  assertNoRollout(live);
  if (sameSplit(live.split, declared)) return;
  throw new UserError(
    `the endpoint routes ${describeSplit(live.split)}, and the YAML says ${describeSplit(declared)}: after a pause it would route what ` +
      "the YAML says. Take the live split over with `npm run rollout -- adopt`, or go back with `npm run rollout -- restore`; then run this again",
  );
}

/**
 * Takes all traffic off an endpoint and deletes its deployments; the endpoint stays, with keys and address. What is done
 * already is skipped, so that an interrupted run is finished by the next one.
 *
 * @returns names of the deployments that it has deleted
 */
export async function takeDown(
  arm: Arm,
  place: EndpointPlace,
  options?: WriteOptions,
): Promise<string[]> {
  if ((await readEndpoint(arm, place)) === undefined) return [];
  const { deployments } = await writeEndpoint(
    arm,
    place,
    (live) => {
      assertNoRollout(live);
      return {
        split: withZeros(
          NO_TRAFFIC,
          live.deployments.map(({ name }) => name),
        ),
      };
    },
    options,
  );
  const names = deployments.map(({ name }) => name);
  for (const name of names) {
    const remove = () => arm.remove(`${endpointId(place)}/deployments/${name}`);
    await retryWhileBusy(remove, isConflict, options);
  }
  return names;
}
