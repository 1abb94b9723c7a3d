/** Whatever a local run keeps is its user's alone, also where the umask lets everybody in and the folders were open before. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { download } from "../../local/blobs";
import { buildOnce } from "../../local/endpoint/buildOnce";
import { makePrivateFolder } from "../../local/endpoint/privateFolder";
import { whileLocked, writeState } from "../../local/state";
import { recordFile } from "../../rollout/recordFile";
import {
  endpoint,
  deployment,
  startEndpoint,
  type TestEndpoint,
} from "./endpoint/support/endpoint";

let root: string;
let running: TestEndpoint;
let umask: number;
const before = process.env["MLSCORE_STATE"];

beforeAll(async () => {
  umask = process.umask(0);
  root = mkdtempSync(join(tmpdir(), "private-"));
  process.env["MLSCORE_STATE"] = root;
  // As somebody may have left it.
  mkdirSync(join(root, "sandbox", "endpoint", "logs"), { recursive: true });
  running = await startEndpoint({ folder: join(root, "sandbox", "endpoint") });
  await running.apply(endpoint([deployment("blue")], { blue: 100 }));
  await running.call();
});
afterAll(async () => {
  await running.supervisor.close();
  process.umask(umask);
  if (before === undefined) delete process.env["MLSCORE_STATE"];
  else process.env["MLSCORE_STATE"] = before;
  rmSync(root, { recursive: true, force: true });
});

/** Everything below a folder, itself included. */
function below(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true }).map(String);
  return [folder, ...names.map((name) => join(folder, name))];
}

/** What others may do anything with; the rights of a link are those of what it leads to. */
function open(folder: string): string[] {
  return below(folder).filter((path) => {
    const found = lstatSync(path);
    return !found.isSymbolicLink() && (found.mode & 0o077) !== 0;
  });
}

describe("what a local run keeps", () => {
  it("is private, each kind of file: state, assets, record, locks, keys, logs, sockets", async () => {
    const state = join(root, "sandbox");
    const source = join(root, "score.py");
    writeFileSync(source, "");
    chmodSync(source, 0o777);
    const upload = {
      token: "pulumi-nodejs:dynamic/mlscore:AssetUpload",
      id: "/upload",
      inputs: { folder: "code", files: [{ path: "below/score.py", source }] },
      outputs: {},
    };
    const line = { event: "done", rollout: "r", step: 1, time: "2026-01-01T00:00:00.000Z" };
    await whileLocked("sandbox", async () => {
      await writeState("sandbox", { version: 1, resources: [] });
      await download([upload], "code", join(state, "assets"));
      await recordFile(join(state, "rollout.jsonl")).append(line as never);
      expect(open(state).filter((path) => !path.endsWith(".lock"))).toEqual([]);
    });
    const kinds = below(state).map((path) => path.slice(state.length).replace(/[0-9a-f]{7,}/, "#"));
    expect(kinds.sort()).toEqual([
      "",
      "/assets",
      "/assets/code",
      "/assets/code/below",
      "/assets/code/below/score.py",
      "/endpoint",
      "/endpoint/#.sock",
      "/endpoint/access.log",
      "/endpoint/control.sock",
      "/endpoint/credentials.json",
      "/endpoint/home",
      "/endpoint/logs",
      "/endpoint/logs/blue-#-0.log",
      "/endpoint/processes.json",
      "/endpoint/status-page.json",
      "/endpoint/supervisor.json",
      "/rollout.jsonl",
      "/state.json",
    ]);
  });

  it("and what it builds in the cache too", async () => {
    const folder = join(root, "environments");
    makePrivateFolder(folder);
    const build = (target: string) => {
      mkdirSync(target, { mode: 0o700 });
      return Promise.resolve();
    };
    await buildOnce(join(folder, "content"), build);
    expect(open(folder)).toEqual([]);
    expect(below(folder)).toHaveLength(6);
  });
});
