import { UserError } from "../config/problems";
import type { Arm } from "./arm";
import { Busy, isBusy, patiently, type WriteOptions } from "./busy";
import {
  endpointId,
  readEndpoint,
  type EndpointBody,
  type EndpointIdentityBody,
  type EndpointPlace,
  type LiveEndpoint,
} from "./liveEndpoint";
import { unfitDeployments } from "./rules";
import { describeSplit, sameSplit, withZeros, type Split } from "./split";

/** What an endpoint is to be from now on; what is not named stays as it is. */
export interface EndpointChange {
  readonly split: Split;
  /** Tags to set; undefined takes one away. */
  readonly tags?: Readonly<Record<string, string | undefined>>;
  /** Other properties of the endpoint that can change. */
  readonly properties?: Readonly<
    Partial<Pick<EndpointBody["properties"], "description" | "publicNetworkAccess" | "properties">>
  >;
}

/**
 * Changes an endpoint by reading it, deciding, writing the whole of it back and reading until it shows the change.
 *
 * - PATCH carries tags and identity only, and a PUT without `traffic` is taken to clear the split, so every write is a
 *   PUT of the whole with a number for each deployment.
 * - Only a deployment that is `Succeeded` may get requests.
 * - When Azure is at another write (`isBusy`), or somebody else wrote in between, all is read and decided anew.
 * - The old split may show for a while after the write (Azure/azure-dev issue 3881): it is done when the answer is equal.
 *
 * @param decide the wish, from what is live; called again on each try, and throws to refuse
 * @returns what is live afterwards
 * @throws UserError when the endpoint is not there or the wish cannot be granted; ArmError when Azure refuses
 */
export async function writeEndpoint(
  arm: Arm,
  place: EndpointPlace,
  decide: (live: LiveEndpoint) => EndpointChange,
  options?: WriteOptions,
): Promise<LiveEndpoint> {
  const change = await patiently(
    async () => {
      const live = await readEndpoint(arm, place);
      if (live === undefined) {
        throw new UserError(`the endpoint ${place.endpointName} is not there`);
      }
      const wish = decide(live);
      assertServing(live, wish.split);
      if (shows(live, wish)) return wish;
      assertIdle(live);
      await arm.put(endpointId(place), changedBody(live, wish), live.etag);
      return wish;
    },
    isBusy,
    options,
  );
  return patiently(
    async () => {
      const live = await readEndpoint(arm, place);
      if (live !== undefined && shows(live, change)) return live;
      throw new NotYetShown(change.split, live?.split);
    },
    (error) => error instanceof NotYetShown,
    options,
  );
}

/** Whether the endpoint is as wished already, as far as the wish goes. */
function shows(
  { body, split }: LiveEndpoint,
  { tags = {}, properties = {}, ...wish }: EndpointChange,
) {
  const live = body.properties;
  const { properties: added = {}, ...changed } = properties;
  return (
    sameSplit(split, wish.split) &&
    Object.entries(tags).every(([key, value]) => body.tags?.[key] === value) &&
    Object.entries(added ?? {}).every(([key, value]) => live.properties?.[key] === value) &&
    Object.entries(changed).every(
      ([key, value]) => (live[key as keyof typeof changed] ?? undefined) === (value ?? undefined),
    )
  );
}

class NotYetShown extends Error {
  constructor(wish: Split, live: Split | undefined) {
    const shown = live === undefined ? "is gone" : `shows ${describeSplit(live)}`;
    super(`the split was written (${describeSplit(wish)}), but the endpoint still ${shown}`);
  }
}

function assertIdle({ body }: LiveEndpoint): void {
  const state = body.properties.provisioningState;
  if (state === "Creating" || state === "Updating") {
    throw new Busy(
      `the endpoint has been ${state} for too long; look at it in the portal and try again`,
    );
  }
}

function assertServing({ deployments }: LiveEndpoint, split: Split): void {
  const problems = unfitDeployments(deployments, split);
  if (problems.length === 0) return;
  throw new UserError(
    `no traffic is sent to a deployment that cannot serve: ${problems.join("; ")}`,
  );
}

/** The body to write: what was read, less what only Azure sets, with the change. */
function changedBody({ body, deployments }: LiveEndpoint, change: EndpointChange): EndpointBody {
  const { location, kind, sku, identity } = body;
  const {
    provisioningState: _state,
    scoringUri: _uri,
    swaggerUri: _swagger,
    ...kept
  } = body.properties;
  const tags = Object.entries({ ...body.tags, ...change.tags }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const { properties: added, ...changed } = change.properties ?? {};
  const names = deployments.map(({ name }) => name);
  return {
    location,
    ...(kind == null ? {} : { kind }),
    ...(sku == null ? {} : { sku }),
    ...(identity == null ? {} : { identity: withoutPrincipals(identity) }),
    tags: Object.fromEntries(tags),
    properties: {
      ...kept,
      ...changed,
      // Can be added to, never removed or changed.
      properties: { ...kept.properties, ...added },
      ...withZeros(change.split, names),
    },
  };
}

/** ARM names the identities' principals in its answers and wants empty objects in a request. */
function withoutPrincipals({ type, userAssignedIdentities }: EndpointIdentityBody) {
  if (userAssignedIdentities == null) return { type };
  const ids = Object.keys(userAssignedIdentities).map((id) => [id, {}] as const);
  return { type, userAssignedIdentities: Object.fromEntries(ids) };
}
