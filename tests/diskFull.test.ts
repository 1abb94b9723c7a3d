/** A full disk is called one, with the path. As root the disk is real: a file system in memory that is full. */
import { afterAll, afterEach, describe, expect, it } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { writeUserFile } from "../command";
import { cannotWrite, diskFull, UserError, whileWriting } from "../errors";
import type { CreatedResource } from "../graph/graph";
import { download } from "../local/blobs";
import { loadOrCreateCredentials } from "../local/endpoint/auth";
import { makeStateDirectory, statePaths } from "../local/endpoint/stateDirectory";
import { writeState } from "../local/state";
import { writeFolder } from "../render/outputFolder";
import { explained } from "../rollout/errorText";
import { recordFile } from "../rollout/recordFile";
import { editYaml } from "../rollout/yamlEdit";

const error = (code: string, places: object = {}) =>
  Object.assign(new Error(`${code}: as the system words it`), { code, ...places });

describe("an error of a full disk", () => {
  it.each([
    ["ENOSPC", "disk full: /out cannot be written. Free some space there, then run this again."],
    [
      "EDQUOT",
      "disk full: /out cannot be written (your quota is used up). Free some space there, then run this again.",
    ],
  ])("%s says so", async (code, message) => {
    expect(cannotWrite("/out", error(code)).message).toBe(message);
    expect(explained(error(code, { path: "/out" }))).toEqual(new UserError(message));
    const writing = whileWriting("/out", () => {
      throw error(code);
    });
    await expect(writing).rejects.toThrow(new UserError(message));
  });

  it("names what was written to, not what was read", () => {
    const copying = error("ENOSPC", { path: "/source", dest: "/copy" });
    expect(diskFull(copying)?.message).toMatch(/^disk full: \/copy /);
  });

  it("is not another error", async () => {
    expect(diskFull(error("EACCES"))).toBeUndefined();
    expect(diskFull("ENOSPC")).toBeUndefined();
    expect(cannotWrite("/out", error("EACCES")).message).toBe(
      "/out cannot be written: EACCES: as the system words it",
    );
    const denied = error("EACCES");
    await expect(whileWriting("/out", () => Promise.reject(denied))).rejects.toBe(denied);
  });
});

const disk = mkdtempSync(join(tmpdir(), "full-"));
const mount = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]);
const isMounted = mount.status === 0;
afterAll(() => {
  if (isMounted) spawnSync("umount", [disk]);
  rmSync(disk, { recursive: true, force: true });
});

function fill(): void {
  try {
    for (let i = 0; ; i += 1) writeFileSync(join(disk, `filler-${i}`), "x".repeat(4096));
  } catch {
    // Full.
  }
}

const upload = (source: string): CreatedResource => ({
  token: "pulumi-nodejs:dynamic/mlscore:AssetUpload",
  id: "/upload",
  inputs: { folder: "code", files: [{ path: "score.py", source }] },
  outputs: {},
});

/** What is written below a folder, by what writes it: the path that the message names, and the work. */
const WRITERS: Record<string, (folder: string) => readonly [string, () => unknown]> = {
  "the state of a stack": (folder) => {
    process.env["MLSCORE_STATE"] = folder;
    const write = () => writeState("sandbox", { version: 1, resources: [] });
    return [join(folder, "sandbox", "state.json"), write];
  },
  "copies of code and models": (folder) => [
    join(folder, "assets"),
    () => download([upload(__filename)], "code", join(folder, "assets")),
  ],
  "the endpoint's state": (folder) => [
    join(folder, "endpoint"),
    () => {
      makeStateDirectory(statePaths(join(folder, "endpoint")));
    },
  ],
  "the endpoint's keys": (folder) => [
    join(folder, "keys.json"),
    () => loadOrCreateCredentials(join(folder, "keys.json")),
  ],
  "a rollout's record": (folder) => [
    join(folder, "record.jsonl"),
    () => {
      const line = { event: "done", rollout: "r", step: 1, time: "2026-01-01T00:00:00.000Z" };
      // The line is not looked at before it is written.
      return recordFile(join(folder, "record.jsonl")).append(line as never);
    },
  ],
  "YAML after a rollout": (folder) => {
    const file = join(folder, "endpoint.yml");
    return [file, () => editYaml(file, [{ path: ["traffic", "blue"], value: 10 }])];
  },
  "a plan or a generated document": (folder) => [
    join(folder, "plan.json"),
    () => {
      writeUserFile(join(folder, "plan.json"), "x".repeat(4096));
    },
  ],
  "a rendering or a review": (folder) => [
    join(folder, "out"),
    () => writeFolder(join(folder, "out"), { "arm.json": "x".repeat(4096) }),
  ],
};

// Only root can make a file system.
(isMounted ? describe : describe.skip)("a disk that is full", () => {
  const before = process.env["MLSCORE_STATE"];
  afterAll(() => {
    if (before === undefined) delete process.env["MLSCORE_STATE"];
    else process.env["MLSCORE_STATE"] = before;
  });

  afterEach(() => {
    for (const name of readdirSync(disk)) rmSync(join(disk, name), { recursive: true });
  });

  it.each(Object.keys(WRITERS))(
    "is called that where %s is written, with its path",
    async (what) => {
      const folder = join(disk, what.replaceAll(" ", "-"));
      mkdirSync(folder);
      writeFileSync(join(folder, "endpoint.yml"), "traffic:\n  blue: 100\n");
      fill();
      const [path, write] = WRITERS[what]!(folder);
      const failure = await Promise.resolve()
        .then(write)
        .then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
      expect(failure).toBeInstanceOf(UserError);
      expect((failure as Error).message).toMatch(/^disk full: .* cannot be written\. Free some/);
      expect((failure as Error).message).toContain(path);
    },
  );
});
