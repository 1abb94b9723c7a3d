import { isDeepStrictEqual } from "node:util";
import type * as pulumi from "@pulumi/pulumi";
import { UserError } from "../errors";
import { azure, type Arm } from "../traffic/arm";
import { decideSplit } from "../traffic/decide";
import { readEndpoint, type EndpointPlace, type LiveEndpoint } from "../traffic/liveEndpoint";
import { assertNoRollout, ROLLOUT_TAG } from "../traffic/rolloutTag";
import { sameSplit, withZeros, type Split } from "../traffic/split";
import type { WriteOptions } from "../traffic/retryWhileBusy";
import { writeEndpoint, type EndpointChange } from "../traffic/writeEndpoint";

/** What else of an endpoint can change after it was made. */
export interface EndpointSettings {
  readonly tags: Readonly<Record<string, string>>;
  readonly description?: string;
  readonly publicNetworkAccess: string;
  /** Can be added to, never removed or changed. */
  readonly properties: Readonly<Record<string, string>>;
}

/** Inputs of a TrafficSplit once all outputs are known. */
export interface TrafficInputs extends EndpointPlace, Split {
  readonly settings: EndpointSettings;
  /** Ids of the declared deployments by name. */
  readonly deployments: Readonly<Record<string, string>>;
}

const PLACE = ["subscriptionId", "resourceGroupName", "workspaceName", "endpointName"] as const;

const ADVICE =
  "Run `pulumi refresh` to record what is live in the state, then update again to restore what is declared, or write the " +
  "live split into the endpoint's YAML: npm run rollout -- adopt --azure";

/**
 * What the engine calls for a TrafficSplit.
 *
 * @param connection asked for in each method, so that nothing of it is ever captured or kept in the state
 */
export function trafficProvider(
  connection: (place: EndpointPlace) => Promise<Arm>,
  options?: WriteOptions,
): Required<
  Pick<
    pulumi.dynamic.ResourceProvider<TrafficInputs, TrafficInputs>,
    "diff" | "create" | "update" | "read" | "delete"
  >
> {
  const write = async (place: EndpointPlace, decide: (live: LiveEndpoint) => EndpointChange) =>
    writeEndpoint(await connection(place), place, decide, options);
  return {
    diff: (_id, olds, news) => Promise.resolve(difference(olds, news)),
    create: async (inputs) => {
      await write(inputs, (live) => change(live, undefined, inputs));
      return { id: `${inputs.endpointName}/traffic`, outs: inputs };
    },
    update: async (_id, olds, news) => {
      await write(news, (live) => change(live, olds, news));
      return { outs: news };
    },
    read: async (id, props) => {
      if (props === undefined) return { id: "" };
      const live = await readEndpoint(await connection(props), props);
      return live === undefined ? { id: "" } : { id, props: asLive(props, live) };
    },
    // Azure refuses to delete a deployment that has traffic, so this comes first.
    delete: async (_id, props) => {
      const arm = await connection(props);
      if ((await readEndpoint(arm, props)) === undefined) return;
      await writeEndpoint(arm, props, withoutTraffic, options).catch(withoutStack);
    },
  };
}

export const provider = trafficProvider(azure);

/**
 * A deployment that is replaced has another id, unknown in a preview and while the engine asks what else has to go: then
 * this is replaced too, which sets all traffic to zero before the deployment goes and back when the new one is there.
 */
function difference(olds: TrafficInputs, news: TrafficInputs): pulumi.dynamic.DiffResult {
  const unknown = typeof news.deployments !== "object";
  const replaced =
    unknown ||
    Object.entries(news.deployments).some(([name, id]) => (olds.deployments[name] ?? id) !== id);
  const replaces = [
    ...PLACE.filter((key) => olds[key] !== news[key]),
    ...(replaced ? ["deployments"] : []),
  ];
  const changes =
    replaces.length > 0 ||
    !sameSplit(olds, news) ||
    !isDeepStrictEqual(olds.settings, news.settings) ||
    !isDeepStrictEqual(Object.keys(olds.deployments).sort(), Object.keys(news.deployments).sort());
  return { changes, replaces, deleteBeforeReplace: true };
}

/** The change to write, from what is live, what was written before and what is declared now. */
function change(
  live: LiveEndpoint,
  olds: TrafficInputs | undefined,
  news: TrafficInputs,
): EndpointChange {
  const split = decideSplit({
    last: olds,
    live: live.split,
    desired: { traffic: news.traffic, mirrorTraffic: news.mirrorTraffic },
    deployments: Object.keys(news.deployments),
    advice: ADVICE,
  });
  if (!sameSplit(split, live.split)) assertNoRollout(live);
  const { tags, description, ...settings } = news.settings;
  const gone = Object.keys(olds?.settings.tags ?? {}).filter((key) => !(key in tags));
  return {
    split,
    tags: { ...Object.fromEntries(gone.map((key) => [key, undefined])), ...tags },
    properties: { ...settings, description: description ?? null },
  };
}

/** A replaced deployment would otherwise end a rollout silently: deleting its split is the first step of that. */
function withoutTraffic(live: LiveEndpoint): EndpointChange {
  const nothing = { traffic: {}, mirrorTraffic: {} };
  if (!sameSplit(live.split, nothing)) assertNoRollout(live);
  return { split: nothing, tags: { [ROLLOUT_TAG]: undefined } };
}

/** Pulumi's host of dynamic providers prints the stack of whatever a deletion throws. */
function withoutStack(error: unknown): never {
  if (error instanceof UserError) error.stack = "";
  throw error;
}

/** The state with what is live in it, as far as this resource declares it: tags that others added are theirs. */
function asLive(props: TrafficInputs, { split, body }: LiveEndpoint): TrafficInputs {
  const { description, publicNetworkAccess = "Enabled", properties } = body.properties;
  const live = withZeros(split, Object.keys(props.deployments));
  return {
    ...props,
    ...live,
    settings: {
      tags: pick(body.tags, Object.keys(props.settings.tags)),
      ...(description == null ? {} : { description }),
      publicNetworkAccess,
      properties: pick(properties, Object.keys(props.settings.properties)),
    },
  };
}

function pick(
  values: Readonly<Record<string, string>> | null | undefined,
  keys: readonly string[],
): Record<string, string> {
  return Object.fromEntries(Object.entries(values ?? {}).filter(([key]) => keys.includes(key)));
}
