import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { readDeploymentFile, readEndpointFile } from "../../config/azureml";
import { ConfigError, UserError } from "../../errors";
import { settingsIn } from "../../graph/settings";
import { parseYaml } from "../../input/yaml";
import { translateCondaFile } from "../../conda/condaPackages";
import { parseRecord } from "../../rollout/record";
import { DEPLOYMENT, ENDPOINT, folderWith, SOUND } from "../config/azureml/harness";
import { cases } from "../thorough";
import { mutated } from "./mutations";

/** Inputs of each loader; MLSCORE_FUZZ sets another number. */
const RUNS = Number(process.env["MLSCORE_FUZZ"] ?? cases(200, 5_000));
/** For what will never happen. */
const LONGEST_MS = 300_000 + RUNS * 30;

const CONDA =
  "channels: [conda-forge]\ndependencies:\n  - python=3.12\n  - pip:\n      - numpy>=2\n";
const SETTINGS = "config:\n  mlscore:target: sandbox\n  mlscore:rollout: {steps: [{live: 5}]}\n";
const RECORD = '{"time":"2026-01-01T00:00:00Z","rollout":"x","event":"refused"}\n';

/** Anything but a user's mistake is a bug. */
async function refusedAtMost(read: () => unknown): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof UserError) && !(error instanceof ConfigError)) throw error;
  }
  expect(({} as Record<string, unknown>)["a"]).toBeUndefined();
}

describe("a loader ends with data or a message, whatever is in its file", () => {
  const folder = folderWith(SOUND);
  const inFile = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  it.each<[string, string, (text: string) => unknown]>([
    ["YAML", DEPLOYMENT, (text) => parseYaml(text, { version: "1.1" })],
    ["an endpoint", ENDPOINT, (text) => readEndpointFile(inFile("e.yml", text))],
    ["a deployment", DEPLOYMENT, (text) => readDeploymentFile(inFile("d.yml", text))],
    ["a conda file", CONDA, translateCondaFile],
    ["settings", SETTINGS, (text) => settingsIn(path.dirname(inFile("Pulumi.a.yaml", text)), "a")],
    ["a record", RECORD, parseRecord],
  ])(
    "%s",
    async (_, sound, read) => {
      const property = fc.asyncProperty(mutated(sound), (text) => refusedAtMost(() => read(text)));
      await fc.assert(property, { numRuns: RUNS });
    },
    LONGEST_MS,
  );
});
