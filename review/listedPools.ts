import type { DeclaredGraph, Resource, ResourceChange } from "./model";
import { differing } from "./difference";
import { isObject, listAt } from "../graph/paths";
import { unknownValue } from "@pulumi/pulumi/runtime/rpc";

/**
 * What a refresh makes of a cluster's pools. AKS lists all pools in the order of their names, those that are resources of
 * their own too, and azure-native takes that list into the state by position (docs/decisions/0009). The engine then plans an
 * update of the cluster, and of what follows it, although the cluster has what is declared.
 */

const CLUSTER = "azure-native:containerservice:ManagedCluster";
const POOL = "azure-native:containerservice:AgentPool";
const LIST = "agentPoolProfiles";

type Values = Readonly<Record<string, unknown>>;

/** Changes as the review tells them: pools compared by name, and no update for their places alone. */
export function withoutListedPools(
  changes: readonly ResourceChange[],
  ...graphs: readonly DeclaredGraph[]
): ResourceChange[] {
  const pools = graphs.flatMap(({ resources }) => resources.filter(({ type }) => type === POOL));
  const compared = changes.map((change) => byName(change, pools));
  const quiet = new Set(
    compared.flatMap((change, place) =>
      change.op === "same" && changes[place]?.op === "update" ? [change.resource.urn] : [],
    ),
  );
  return compared.map((change) => withoutFollowing(change, quiet));
}

function byName(change: ResourceChange, pools: readonly Resource[]): ResourceChange {
  const { before, after, op } = change;
  if (before?.type !== CLUSTER || after === undefined || op !== "update") return change;
  const own = pools
    .filter(({ inputs }) => inputs["resourceName"] === after.inputs["resourceName"])
    .map(({ inputs }) => inputs["agentPoolName"]);
  const declared = poolsOf(after);
  const listed = poolsOf(before);
  const named = (name: unknown) => listed.find((pool) => pool["name"] === name);
  const known = declared.flatMap((pool) => {
    const found = named(pool["name"]);
    return found === undefined ? [] : [asFarAs(pool, found)];
  });
  const names = declared.map(({ name }) => name);
  const others = listed.filter(({ name }) => !names.includes(name) && !own.includes(name));
  const then = { ...before, inputs: { ...before.inputs, [LIST]: [...known, ...others] } };
  const properties = differing(then, after);
  return { ...change, before: then, properties, op: properties.length === 0 ? "same" : op };
}

/** A resource that would be updated only because the engine takes what an update of the cluster answers for unknown. */
function withoutFollowing(change: ResourceChange, quiet: ReadonlySet<string>): ResourceChange {
  const { op, after, properties } = change;
  if (op !== "update" || after === undefined || properties.length === 0) return change;
  const follows = properties.every(({ path, after: value }) => {
    const sources = after.sources[path] ?? [];
    return value === unknownValue && sources.length > 0 && sources.every((urn) => quiet.has(urn));
  });
  return follows ? { ...change, op: "same", properties: [] } : change;
}

/** A value without what is not declared of it: AKS completes each pool with its own defaults. */
function asFarAs(declared: unknown, found: unknown): unknown {
  if (!isObject(declared) || !isObject(found)) return found;
  return Object.fromEntries(
    Object.entries(found).flatMap(([key, value]) =>
      key in declared ? [[key, asFarAs(declared[key], value)]] : [],
    ),
  );
}

function poolsOf({ inputs }: Resource): readonly Values[] {
  return listAt(inputs, LIST).filter(isObject);
}
