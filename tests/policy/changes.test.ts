import { beforeAll, describe, expect, it } from "@jest/globals";
import { readStackSettings } from "../../graph/settings";
import type { StoredResource } from "../../graph/graph";
import { judge } from "../../policy/judge";
import type { PolicyChange } from "../../policy/rule";
import { rules } from "../../policy/rules/index";
import { evaluatedUp } from "../evaluation/client";

/** The rule on the changes of a run. Does not prove what Azure would replace: the emulator decides that here. */

const KEPT = [
  "azure-native:containerregistry:Registry",
  "azure-native:containerservice:ManagedCluster",
  "azure-native:keyvault:Vault",
  "azure-native:machinelearningservices:Workspace",
  "azure-native:storage:BlobContainer",
  "azure-native:storage:StorageAccount",
];

function refused(...changes: readonly PolicyChange[]): string[] {
  const evaluation = {
    target: "production",
    rules,
    exemptions: [],
    today: "2026-01-01",
  } as const;
  return judge([], evaluation, changes).map(({ rule, resource, message }) => {
    return `${rule} ${resource}: ${message}`;
  });
}

describe("no-foundation-replacement", () => {
  it.each(KEPT)("refuses to replace or delete a %s, and nothing else", (type) => {
    const change = (op: PolicyChange["op"]): PolicyChange => ({ op, type, name: "kept" });
    expect(refused(change("replace"))).toEqual([
      "no-foundation-replacement kept: would be replaced, with all it holds",
    ]);
    expect(refused(change("delete"))).toEqual([
      "no-foundation-replacement kept: would be deleted, with all it holds",
    ]);
    expect(refused(change("create"), change("update"), change("same"))).toEqual([]);
  });

  it("accepts changes of resources that can be created again", () => {
    expect(
      refused(
        { op: "replace", type: "kubernetes:apps/v1:Deployment", name: "pods" },
        { op: "delete", type: "azure-native:authorization:RoleAssignment", name: "role" },
      ),
    ).toEqual([]);
  });

  describe("on two runs of the project's own production stack", () => {
    const settings = readStackSettings("production");
    let stored: readonly StoredResource[] = [];
    const after = async (changes: Record<string, string>) => {
      const run = await evaluatedUp("production", { ...settings, ...changes }, { prior: stored });
      return refused(...run.changes);
    };

    beforeAll(async () => {
      stored = (await evaluatedUp("production", settings)).stored;
    });

    it("finds nothing when nothing changes, or only a tag does", async () => {
      expect(await after({})).toEqual([]);
      const tags = { application: "x", environment: "production", owner: "others" };
      expect(await after({ "mlscore:tags": JSON.stringify(tags) })).toEqual([]);
    });

    it("finds all that another name of the workload would replace", async () => {
      expect(await after({ "mlscore:workload": "river" })).toEqual(
        [
          "cluster",
          "features",
          "features-container",
          "flow-logs-storage",
          "key-vault",
          "registry",
        ].map((name) => `no-foundation-replacement ${name}: would be replaced, with all it holds`),
      );
    });
  });
});
