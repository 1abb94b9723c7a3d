import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { Option } from "commander";
import { registeredCommand } from "../../../local/registered/command";
import { modelFiles } from "../../../local/model";
import { pathFor, readRegistered, registeredFile } from "../../../local/registered/record";
import type { RegisteredKind } from "../../../local/registered/reference";

const STATE = process.env["MLSCORE_STATE"];
let folder: string;
let printed: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "registered-"));
  process.env["MLSCORE_STATE"] = join(folder, "state");
  mkdirSync(join(folder, "model"));
  writeFileSync(join(folder, "model", "weights.bin"), "weights");
  writeFileSync(join(folder, "conda.yml"), "dependencies:\n  - python=3.12\n");
  printed = [];
  jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  if (STATE === undefined) delete process.env["MLSCORE_STATE"];
  else process.env["MLSCORE_STATE"] = STATE;
  rmSync(folder, { recursive: true });
});

const run = (kind: RegisteredKind, ...args: string[]) =>
  registeredCommand(kind, () => new Option("--stack <name>").default("sandbox"))
    .exitOverride()
    .parseAsync(args, { from: "user" });
const at = (name: string) => join(folder, name);

describe("model, environment and code", () => {
  it("keep a path, in a file that is the user's alone, replace it, list it and forget it", async () => {
    await run("model", "add", "azureml:m:1", at("model"));
    await run("model", "add", "m:1", at("model/weights.bin"));
    await run("model", "add", "m@latest", at("model"));
    await run("environment", "add", "e:1", at("conda.yml"));
    await run("code", "add", "azureml:c:3", at("model"));
    expect(statSync(registeredFile("sandbox")).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(registeredFile("sandbox"), "utf8"))).toEqual({
      version: 1,
      models: { "m:1": at("model/weights.bin"), "m@latest": at("model") },
      environments: { "e:1": at("conda.yml") },
      codes: { "c:3": at("model") },
    });
    await run("model", "remove", "azureml:m:1");
    printed = [];
    await run("model", "list");
    await run("environment", "list");
    await run("code", "list");
    expect(printed).toEqual([
      `m@latest  ${at("model")}\n`,
      `e:1  ${at("conda.yml")}\n`,
      `c:3  ${at("model")}\n`,
    ]);
  });

  it("say which of them is an MLflow model, and which has gone", async () => {
    writeFileSync(at("model/MLmodel"), "");
    await run("model", "add", "m:1", at("model"));
    expect(printed).toEqual([`model m:1: ${at("model")} (MLflow model)\n`]);
    rmSync(at("model"), { recursive: true });
    await run("model", "list");
    expect(printed[1]).toBe(`m:1  ${at("model")} (no longer there)\n`);
  });

  it.each([
    ["a path that is not there", ["add", "m:1", "/no/such"], "/no/such does not exist"],
    ["no path and no --azure", ["add", "m:1"], "Either name the model's file or folder, or give"],
    ["both", ["add", "m:1", "/tmp", "--azure"], "Either name the model's file or folder, or give"],
    ["no reference", ["add", "m", "/tmp"], '"m" names no registered model'],
    ["one that is not recorded", ["remove", "m:2"], 'No model "m:2" is recorded for stack sandbox'],
    ["an unknown stack", ["list", "--stack", "nowhere"], 'There is no stack "nowhere"'],
  ])("refuse %s", async (_what, args, words) => {
    await expect(run("model", ...args)).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining(words) as unknown,
    });
    expect(readRegistered("sandbox").model.size).toBe(0);
  });

  it("refuse an empty folder and a conda file that is not understood, by its line", async () => {
    mkdirSync(at("empty"));
    await expect(run("model", "add", "m:1", at("empty"))).rejects.toThrow("has no file");
    await expect(run("code", "add", "c:1", at("empty"))).rejects.toThrow("has no file");
    await expect(run("code", "add", "c:1", at("conda.yml"))).rejects.toThrow("is no folder");
    writeFileSync(at("conda.yml"), "dependencies:\n  - pip:\n      - -r other.txt\n");
    await expect(run("environment", "add", "e:1", at("conda.yml"))).rejects.toThrow(
      `${at("conda.yml")}:3: "-r other.txt" refers to a file`,
    );
  });

  it("refuse a path that is neither a file nor a folder, at `add` and again at `up`", async () => {
    spawnSync("mkfifo", [at("pipe")]);
    await expect(run("model", "add", "m:1", at("pipe"))).rejects.toThrow(
      `${at("pipe")} is neither a file nor a folder.`,
    );
    expect(await modelFiles(at("pipe"))).toBe("is neither a file nor a folder");
  });

  it("refuse a damaged record instead of losing it", async () => {
    await run("model", "add", "m:1", at("model"));
    for (const text of ["{", '{"version": 2}', '{"version":1,"models":{"m:1":"relative"}}']) {
      writeFileSync(registeredFile("sandbox"), text);
      await expect(run("model", "add", "m:2", at("model"))).rejects.toThrow("is damaged");
      expect(readFileSync(registeredFile("sandbox"), "utf8")).toBe(text);
    }
  });

  it("read a record that was written before code could be named", async () => {
    await run("model", "add", "m:1", at("model"));
    const models = { "m:1": at("model") };
    const earlier = JSON.stringify({ version: 1, models, environments: {} });
    writeFileSync(registeredFile("sandbox"), earlier);
    expect([...readRegistered("sandbox").model]).toEqual(Object.entries(models));
  });

  it("compare ids as Azure does and names as they are written", () => {
    const id = "/subscriptions/S/resourceGroups/G/x/models/m/versions/1";
    const model = new Map([
      [id, "/by-id"],
      ["m:1", "/by-name"],
    ]);
    const none = new Map<string, string>();
    const assets = { stack: "sandbox", model, environment: none, code: none };
    expect(pathFor(assets, "model", [id.toLowerCase()])).toBe("/by-id");
    expect(pathFor(assets, "model", ["M:1"])).toBeUndefined();
    expect(pathFor(assets, "model", ["n:1", "m:1"])).toBe("/by-name");
  });
});
