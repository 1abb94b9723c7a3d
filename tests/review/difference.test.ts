import { describe, expect, it } from "@jest/globals";
import { difference } from "../../review/difference";
import type { Resource, ResourceChange } from "../../review/model";
import { resource } from "./smallStack";

/** What would be done to resources, by the emulator's rules; it does not prove that Azure has the same ones. */

const vault = resource("keyvault:Vault", "vault", {
  vaultName: "v",
  location: "here",
  tags: { a: "1" },
});

function ops(changes: readonly ResourceChange[]): string[] {
  return changes.map(({ op, resource: { name } }) => `${op} ${name}`);
}

function withInputs(one: Resource, inputs: Record<string, unknown>): Resource {
  return { ...one, inputs: { ...one.inputs, ...inputs } };
}

describe("what would be done", () => {
  it("is nothing to what is the same", () => {
    expect(ops(difference([vault], [{ ...vault }]))).toEqual(["same vault"]);
  });

  it("is a creation, and a deletion", () => {
    const other = resource("storage:StorageAccount", "files");
    expect(ops(difference([vault], [other]))).toEqual(["create files", "delete vault"]);
  });

  it("is an update in place, with the paths that differ", () => {
    const [change] = difference([vault], [withInputs(vault, { tags: { a: "2", b: "3" } })]);
    expect(change).toMatchObject({
      op: "update",
      immutable: [],
      properties: [
        { path: "tags.a", before: "1", after: "2" },
        { path: "tags.b", before: undefined, after: "3" },
      ],
    });
  });

  it("is a replacement where a property cannot be changed in place", () => {
    const [change] = difference([vault], [withInputs(vault, { location: "there" })]);
    expect(change).toMatchObject({ op: "replace", immutable: ["location"] });
  });

  it("is an update where only the protection goes", () => {
    const [change] = difference([{ ...vault, protect: true }], [vault]);
    expect(change).toMatchObject({
      op: "update",
      properties: [{ path: "(option) protect", before: true, after: false }],
    });
  });

  it("is nothing where the program ignores the change", () => {
    const ignoring = { ...withInputs(vault, { tags: { a: "2" } }), ignoreChanges: ["tags"] };
    expect(ops(difference([vault], [ignoring]))).toEqual(["same vault"]);
  });

  it("is nothing where only an item of a list differs whose property is ignored", () => {
    const pools = (count: number) => ({
      agentPoolProfiles: [{ name: "system", count, maxCount: 5 }],
    });
    const before = resource("containerservice:ManagedCluster", "c", pools(3));
    const after = resource("containerservice:ManagedCluster", "c", pools(4), {
      ignoreChanges: ["agentPoolProfiles[0].count"],
    });
    expect(ops(difference([before], [after]))).toEqual(["same c"]);
  });

  it("is nothing where files only lie elsewhere on this machine", () => {
    const type = "pulumi-nodejs:dynamic/mlscore:AssetUpload";
    const upload = (source: string) => resource(type, "u", { folder: "f", files: [{ source }] });
    expect(ops(difference([upload("a")], [upload("b")]))).toEqual(["same u"]);
  });

  it("compares all inputs of a type that nobody here knows", () => {
    const before = resource("unknown:Thing", "x", { a: 1, b: 2 });
    const [change] = difference([before], [withInputs(before, { a: 3 })]);
    expect(change).toMatchObject({
      op: "update",
      properties: [{ path: "a", before: 1, after: 3 }],
    });
  });
});

describe("what goes along", () => {
  const cluster = resource("containerservice:ManagedCluster", "cluster", { dnsPrefix: "a" });
  const grant = resource("authorization:RoleAssignment", "grant", { scope: cluster.id });
  const pool = resource(
    "containerservice:AgentPool",
    "pool",
    {},
    { id: `${cluster.id}/agentPools/p` },
  );
  const pod = resource("kubernetes:apps/v1:Deployment", "pod");
  const stranger = resource("keyvault:Vault", "vault", { note: cluster.id });

  it("is what lies below, what names the id for good, and what lives in a cluster", () => {
    const others = [grant, pool, pod, stranger];
    const changes = difference(
      [cluster, ...others],
      [withInputs(cluster, { dnsPrefix: "b" }), ...others],
    );
    expect(ops(changes)).toEqual([
      "replace cluster",
      "replace grant",
      "replace pool",
      "replace pod",
      "same vault",
    ]);
    expect(changes.map(({ with: gone }) => gone?.name)).toEqual([
      undefined,
      "cluster",
      "cluster",
      "cluster",
      undefined,
    ]);
  });

  it("is the split of an endpoint whose deployment is replaced", () => {
    const blue = resource("machinelearningservices:OnlineDeployment", "blue", { location: "here" });
    const split = resource("pulumi-nodejs:dynamic/mlscore:TrafficSplit", "split", {
      deployments: { blue: blue.id },
    });
    const changes = difference([blue, split], [withInputs(blue, { location: "there" }), split]);
    expect(ops(changes)).toEqual(["replace blue", "replace split"]);
  });
});

describe("a rename", () => {
  const renamed = { ...vault, name: "safe", urn: vault.urn.replace("::vault", "::safe") };

  it("is a deletion and a creation that know of each other", () => {
    const changes = difference([vault], [renamed]);
    expect(ops(changes)).toEqual(["create safe", "delete vault"]);
    expect(changes.map((change) => change.renamed)).toEqual([{ from: "vault" }, { to: "safe" }]);
  });

  it("is recognised where a name was made from the logical one", () => {
    const grant = (name: string, roleAssignmentName: string) =>
      resource("authorization:RoleAssignment", name, { scope: "/s", roleAssignmentName });
    const changes = difference([grant("a", "1")], [grant("b", "2")]);
    expect(changes.map((change) => change.renamed)).toEqual([{ from: "a" }, { to: "b" }]);
  });

  it("is none where inputs or types differ", () => {
    for (const other of [
      withInputs(renamed, { location: "there" }),
      { ...renamed, type: "azure-native:keyvault:Key" },
    ]) {
      expect(difference([vault], [other]).map((change) => change.renamed)).toEqual([
        undefined,
        undefined,
      ]);
    }
  });

  it("is also a move to another place of the tree", () => {
    const urn = vault.urn.replace("mlscore::", "mlscore::mlscore:other:Other$");
    const changes = difference([vault], [{ ...vault, urn }]);
    expect(ops(changes)).toEqual(["create vault", "delete vault"]);
    expect(changes[0]?.renamed).toEqual({ from: "azure-native:keyvault:Vault::vault" });
  });

  it("pairs each with one other only", () => {
    const twin = (name: string) => ({ ...vault, name, urn: `urn::x::y::${name}` });
    const changes = difference([twin("a")], [twin("b"), twin("c")]);
    expect(changes.filter(({ renamed: pair }) => pair !== undefined)).toHaveLength(2);
  });
});
