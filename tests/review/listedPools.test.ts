import { describe, expect, it } from "@jest/globals";
import { unknownValue } from "@pulumi/pulumi/runtime/rpc";
import { withoutListedPools } from "../../review/listedPools";
import type { Op, Resource, ResourceChange } from "../../review/model";
import { propertyChanges } from "../../graph/changes";

const AKS = "azure-native:containerservice:";
const SYSTEM = { name: "system", mode: "System", count: 3, tags: { owner: "tests" } };
const SCORING = { name: "scoring", mode: "User", count: 5 };

function resource(type: string, name: string, inputs: object, sources = {}): Resource {
  const urn = `urn:pulumi:production::mlscore::${type}::${name}`;
  return {
    ...{ urn, type, name, id: name, protect: false, ignoreChanges: [] },
    inputs: { ...inputs },
    sources,
  };
}
const cluster = (pools: readonly object[], more: object = {}) =>
  resource(`${AKS}ManagedCluster`, "cluster", {
    resourceName: "aks",
    agentPoolProfiles: pools,
    ...more,
  });
const ownPool = (agentPoolName: string, resourceName = "aks") =>
  resource(`${AKS}AgentPool`, agentPoolName, { agentPoolName, resourceName });
const follower = (etag: unknown, more: object = {}) =>
  resource(
    "pulumi-nodejs:dynamic/mlscore:GatewayApi",
    "gateway-api",
    { etag, ...more },
    { etag: [cluster([]).urn] },
  );

function change(before: Resource, after: Resource, op: Op = "update"): ResourceChange {
  const properties = propertyChanges(before.inputs, after.inputs);
  return { ...{ op, resource: after, before, after, properties, immutable: [] } };
}
/** The plan after a refresh, with the engine's update of what follows the cluster. */
function told(before: Resource, after: Resource, pools = [ownPool("scoring")]): string[] {
  const graph = { resources: pools, outputs: {}, principals: {}, warnings: [] };
  const follows = change(follower("1"), follower(unknownValue));
  return withoutListedPools([change(before, after), follows], graph).flatMap(
    ({ op, resource: { name }, properties }) =>
      op === "same" ? [] : [`${op} ${name}: ${properties.map(({ path }) => path).join(", ")}`],
  );
}
const merged = [
  { ...SYSTEM, ...SCORING },
  { ...SYSTEM, enableFIPS: false, tags: { owner: "tests" } },
];

describe("the list of pools that a refresh leaves", () => {
  it("is no change, nor is what follows the cluster", () => {
    expect(told(cluster(merged), cluster([SYSTEM]))).toEqual([]);
  });

  it("shows what changed of the pool that the cluster declares, by its name", () => {
    expect(told(cluster(merged), cluster([{ ...SYSTEM, count: 4 }]))).toEqual([
      "update cluster: agentPoolProfiles[system].count",
      "update gateway-api: etag",
    ]);
  });

  it("shows what else of the cluster changed, and then what follows", () => {
    expect(
      told(cluster(merged, { dnsPrefix: "a" }), cluster([SYSTEM], { dnsPrefix: "b" })),
    ).toEqual(["update cluster: dnsPrefix", "update gateway-api: etag"]);
  });

  it.each([
    ["nobody declares", []],
    ["another cluster has", [ownPool("scoring", "other")]],
  ])("shows a pool that %s", (_what, pools) => {
    expect(told(cluster(merged), cluster([SYSTEM]), pools)).toEqual([
      "update cluster: agentPoolProfiles[scoring]",
      "update gateway-api: etag",
    ]);
  });

  it("shows a declared pool that is not there", () => {
    expect(told(cluster([SCORING]), cluster([SYSTEM]))).toEqual([
      "update cluster: agentPoolProfiles[system]",
      "update gateway-api: etag",
    ]);
  });

  it("leaves a replacement, and an update of what follows for another reason as well, as they are", () => {
    const replaced = change(cluster(merged), cluster([SYSTEM]), "replace");
    const changed = change(follower("1", { name: "a" }), follower(unknownValue, { name: "b" }));
    const quiet = change(cluster(merged), cluster([SYSTEM]));
    const graph = { resources: [ownPool("scoring")], outputs: {}, principals: {}, warnings: [] };
    expect(withoutListedPools([replaced], graph)).toEqual([replaced]);
    expect(withoutListedPools([quiet, changed], graph)[1]).toEqual(changed);
  });
});
