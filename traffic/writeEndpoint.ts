import { UserError } from "../errors";
import type { Arm } from "./arm";
import { ConflictError, isConflict, retryWhileBusy, type WriteOptions } from "./retryWhileBusy";
import {
  endpointId,
  readEndpoint,
  type EndpointBody,
  type EndpointIdentityBody,
  type EndpointPlace,
  type LiveEndpoint,
} from "./liveEndpoint";
import { splitProblemText } from "./splitProblemText";
import { isTransient, readinessProblems } from "./splitRules";
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
 * - Only a deployment that is `Succeeded` may get requests; one that is scaled or updated is waited for.
 * - When Azure is at another write (`isConflict`), or somebody else wrote in between, all is read and decided anew.
 * - The old split may show for a while after the write (Azure/azure-dev issue 3881): it is done when the answer is equal.
 *
 * @param decide the desired change, from what is live; called again on each try, and throws to refuse
 * @returns what is live afterwards
 * @throws UserError when the endpoint is not there or the change is refused; ArmError when Azure refuses
 */
export async function writeEndpoint(
  arm: Arm,
  place: EndpointPlace,
  decide: (live: LiveEndpoint) => EndpointChange,
  options?: WriteOptions,
): Promise<LiveEndpoint> {
  const change = await retryWhileBusy(
    async () => {
      const live = await readEndpoint(arm, place);
      if (live === undefined) {
        throw new UserError(`the endpoint ${place.endpointName} does not exist`);
      }
      const desired = decide(live);
      assertServing(live, desired.split);
      if (missing(live, desired).length === 0) return desired;
      assertOnlyAdded(live, desired);
      assertNoOtherWrite(live);
      await arm.put(endpointId(place), changedBody(live, desired), live.etag);
      return desired;
    },
    isConflict,
    options,
  );
  return retryWhileBusy(
    async () => {
      const live = await readEndpoint(arm, place);
      const still = live === undefined ? [] : missing(live, change);
      if (live !== undefined && still.length === 0) return live;
      throw new NotYetShown(change.split, live?.split, still);
    },
    (error) => error instanceof NotYetShown,
    options,
  );
}

/** Names of what does not show the desired change yet. */
function missing(
  { body, split }: LiveEndpoint,
  { tags = {}, properties = {}, ...desired }: EndpointChange,
): string[] {
  const live = body.properties;
  const { properties: added, ...changed } = properties;
  return [
    ...(sameSplit(split, desired.split) ? [] : ["traffic"]),
    ...differing(body.tags, tags).map((key) => `tags.${key}`),
    ...differing(live.properties, added).map((key) => `properties.${key}`),
    ...differing(live, changed),
  ];
}

/** Keys whose live value is not the desired one; null counts as missing. */
function differing(live: object | null | undefined, desired: object | null | undefined): string[] {
  const there = new Map<string, unknown>(Object.entries(live ?? {}));
  return Object.entries(desired ?? {})
    .filter(([key, value]) => (there.get(key) ?? undefined) !== (value ?? undefined))
    .map(([key]) => key);
}

class NotYetShown extends UserError {
  constructor(desired: Split, live: Split | undefined, missing: readonly string[]) {
    const shown = live === undefined ? "is gone" : `shows ${describeSplit(live)}`;
    super(
      live === undefined || missing.includes("traffic")
        ? `the split was written (${describeSplit(desired)}), but the endpoint still ${shown}`
        : `${missing.join(", ")} of the endpoint was written, but was changed back; check its activity log for a policy ` +
            "or somebody else writes it too",
    );
  }
}

/** @throws UserError for what Azure keeps as it is, so that nobody waits for it to show */
function assertOnlyAdded({ body }: LiveEndpoint, { properties }: EndpointChange): void {
  const there = body.properties.properties ?? {};
  const changed = differing(there, properties?.properties).filter((key) => key in there);
  if (changed.length === 0) return;
  throw new UserError(
    `properties of an endpoint are added and never change; put back what they were: ` +
      changed.map((key) => `${key}: ${there[key] ?? ""}`).join(", "),
  );
}

function assertNoOtherWrite({ body }: LiveEndpoint): void {
  const state = body.properties.provisioningState;
  if (state === "Creating" || state === "Updating") {
    throw new ConflictError(
      `the endpoint has been ${state} for too long; check it in the portal and try again`,
    );
  }
}

function assertServing({ deployments }: LiveEndpoint, split: Split): void {
  const problems = readinessProblems(split, deployments);
  if (problems.length === 0) return;
  const reasons = problems.map(splitProblemText).join("; ");
  const message = `traffic cannot go to a deployment that is not ready: ${reasons}`;
  const afterwards = deployments.map((one) =>
    isTransient(one.provisioningState) ? { ...one, provisioningState: "Succeeded" } : one,
  );
  // Autoscale must not make a rollback impossible; it is over in minutes.
  throw readinessProblems(split, afterwards).length === 0
    ? new ConflictError(message)
    : new UserError(message);
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

/**
 * Sets how many instances a deployment has. PATCH of a deployment takes its SKU and tags (Azure REST reference, Online
 * Deployments – Update), so nothing else of it is written.
 *
 * @throws ArmError when Azure refuses
 */
export function writeInstanceCount(
  arm: Arm,
  place: EndpointPlace,
  deployment: string,
  instanceCount: number,
  options?: WriteOptions,
): Promise<void> {
  const id = `${endpointId(place)}/deployments/${deployment}`;
  return retryWhileBusy(
    () => arm.patch(id, { sku: { capacity: instanceCount } }),
    isConflict,
    options,
  );
}
