import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { EmulatorRun } from "../../emulator/onEmulator";
import { ENDPOINT_DIRECTORY, namesOf, sandboxRun } from "../stacks";

describe("a second run", () => {
  const directory = mkdtempSync(join(tmpdir(), "endpoint-"));
  let first: EmulatorRun;
  beforeAll(async () => {
    cpSync(ENDPOINT_DIRECTORY, directory, { recursive: true });
    first = await sandboxRun({ endpointDirectory: directory });
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  /** What a run does after an edit to one file, which is put back afterwards. */
  async function changesAfter(file: string, edit: (text: string) => string) {
    const path = join(directory, file);
    const before = readFileSync(path, "utf8");
    writeFileSync(path, edit(before));
    try {
      const run = await sandboxRun({ endpointDirectory: directory }, first.stored);
      return run.changes
        .filter(({ op }) => op !== "same")
        .map(({ op, name, properties }) =>
          [op, name.replace(/[0-9a-f]{16}/g, "HASH"), ...properties].join(" "),
        )
        .sort();
    } finally {
      writeFileSync(path, before);
    }
  }

  it("changes nothing when nothing changed", async () => {
    expect(await changesAfter("endpoint.yml", (text) => text)).toEqual([]);
  });

  it("changes nothing when the same files lie elsewhere", async () => {
    const moved = mkdtempSync(join(tmpdir(), "moved-"));
    cpSync(directory, moved, { recursive: true });
    const run = await sandboxRun({ endpointDirectory: moved }, first.stored);
    rmSync(moved, { recursive: true });
    expect(run.changes.filter(({ op }) => op !== "same")).toEqual([]);
  });

  it("creates everything the first time", () => {
    expect(first.changes.every(({ op }) => op === "create")).toBe(true);
    expect(first.changes).toHaveLength(first.created.size);
  });

  it("changes only the traffic when only the split changed", async () => {
    const edit = (text: string) =>
      text.replace("blue: 90", "blue: 50").replace("green: 10", "green: 50");
    expect(await changesAfter("endpoint.yml", edit)).toEqual([
      "update endpoint-traffic traffic.blue traffic.green",
    ]);
  });

  it("changes only one deployment when its number of instances changed", async () => {
    const edit = (text: string) => text.replace("instance_count: 2", "instance_count: 3");
    expect(await changesAfter("blue.yml", edit)).toEqual(["update endpoint-blue sku.capacity"]);
  });

  it("notices a changed secret without keeping it", async () => {
    const edit = (text: string) => text.replace("hunter2", "hunter3");
    expect(await changesAfter("blue.yml", edit)).toEqual([
      "update endpoint-blue properties.environmentVariables.UPSTREAM_API_KEY.secretSha256",
    ]);
  });

  it("makes a new version of changed code and retires the old one after the deployments moved on", async () => {
    const changes = await changesAfter("code/score.py", (text) => `${text}\n# changed\n`);
    expect(changes).toEqual([
      "create code/gauge-endpoint-code-HASH",
      "create gauge-endpoint-code-HASH",
      "delete code/gauge-endpoint-code-HASH",
      "delete gauge-endpoint-code-HASH",
      "update endpoint-blue properties.codeConfiguration.codeId",
      "update endpoint-green properties.codeConfiguration.codeId",
    ]);
  });

  it("replaces the endpoint, and with it all below, when what cannot change changed", async () => {
    const changes = await changesAfter("endpoint.yml", (text) => text.replace("key", "aad_token"));
    expect(changes).toEqual([
      "replace endpoint properties.authMode",
      "replace endpoint-blue",
      "replace endpoint-diagnostics",
      "replace endpoint-green",
      "replace endpoint-traffic",
    ]);
  });

  it("deletes what is no longer declared", async () => {
    rmSync(join(directory, "green.yml"));
    const edit = (text: string) =>
      text.replace("blue: 90", "blue: 100").replace("  green: 10\n", "");
    const changes = await changesAfter("endpoint.yml", edit);
    cpSync(join(ENDPOINT_DIRECTORY, "green.yml"), join(directory, "green.yml"));
    expect(changes.filter((change) => change.startsWith("delete endpoint"))).toEqual([
      "delete endpoint-green",
    ]);
    expect(changes).toContain(
      "update endpoint-traffic deployments.green traffic.blue traffic.green",
    );
  });
});

describe("refusals of the emulator", () => {
  it("are all told at once, and none is a stack trace", async () => {
    const { stored } = await sandboxRun();
    // The state of another stack that holds the same names in another resource group.
    const elsewhere = stored.map((resource) => ({
      ...resource,
      name: `other-${resource.name}`,
      id: resource.id.replace("/rg/", "/other/"),
      inputs: { ...resource.inputs, resourceGroupName: "other" },
    }));
    const failure = await sandboxRun({}, elsewhere).catch((error: unknown) => error as Error);
    expect(failure).toMatchObject({ name: "UserError" });
    const message = (failure as Error).message;
    expect(message).toContain('registry: NameAlreadyTaken: the name "crflood0d1782" is taken');
    expect(message).toContain(
      'workspace-storage: NameAlreadyTaken: the name "stflood0d1782" is taken',
    );
    expect(message).toContain(
      "endpoint: BadRequest: There is already an endpoint with this name, Endpoint name needs to be unique within a region.",
    );
  });
});

describe("names of assets", () => {
  it("are shared by deployments with the same content", async () => {
    const run = await sandboxRun();
    expect(namesOf(run, ":CodeVersion")).toHaveLength(1);
    expect(namesOf(run, ":EnvironmentVersion")).toHaveLength(1);
  });
});
