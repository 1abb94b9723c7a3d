import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, jest } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { ConfigError, formatPlace, type Problem, UserError } from "../../errors";
import { visible } from "../../secrets/visible";
import { cases } from "../thorough";
import { mutated } from "./mutations";

/** Another folder than the checkout, for what is loaded from here on. */
const PROJECT = mkdtempSync(join(realpathSync(tmpdir()), "mutations-"));
jest.mock("../../projectDirectory", () => ({
  ...jest.requireActual<object>("../../projectDirectory"),
  PROJECT_DIRECTORY: PROJECT,
}));

/** MLSCORE_MUTATIONS sets another number. */
const RUNS = Number(process.env["MLSCORE_MUTATIONS"] ?? cases(100, 1_000));
/** For what will never happen. */
const LONGEST_MS = 300_000 + RUNS * 300;

const CHECKOUT = join(__dirname, "..", "..");
const FIXTURES = join(CHECKOUT, "tests/config/azureml/fixtures");
const ENDPOINT = "$schema: managedOnlineEndpoint.schema.json\nname: my-endpoint\n";

/** A file that is mutated, and the endpoint that is loaded with it by a stack. */
interface Target {
  readonly file: string;
  readonly stack: "sandbox" | "production";
  /** @default the stack's own */
  readonly endpoint?: string;
}

/** The project's own files, a sample, and each of the shapes of public deployments in a folder of its own. */
function copiedTargets(): readonly Target[] {
  const copy = (from: string, to: string) => {
    cpSync(from, join(PROJECT, to), {
      recursive: true,
      // Of the code the entry scripts alone: it is not mutated, and read each time.
      filter: (path) => !/__pycache__|scoring\/src\/[^/]+\//.test(path),
    });
  };
  for (const name of ["Pulumi.sandbox.yaml", "Pulumi.production.yaml"])
    copy(join(CHECKOUT, name), name);
  for (const name of [
    "flash-flood-predictor",
    "src",
    "models",
    "environment",
    "environment-spark",
  ]) {
    copy(join(CHECKOUT, "scoring", name), `scoring/${name}`);
  }
  copy(join(FIXTURES, "sample"), "sample");
  copy(join(FIXTURES, "assets"), "assets");
  const shapes = readdirSync(join(FIXTURES, "shapes")).filter((name) => /deployment/i.test(name));
  for (const name of shapes) {
    copy(join(FIXTURES, "shapes", name), `${name}.d/deployment.yml`);
    writeFileSync(join(PROJECT, `${name}.d/endpoint.yml`), ENDPOINT);
  }
  const inSandbox = (endpoint: string, ...names: readonly string[]) =>
    names.map((name): Target => ({ file: `${endpoint}/${name}`, stack: "sandbox", endpoint }));
  return [
    { file: "Pulumi.sandbox.yaml", stack: "sandbox" },
    { file: "Pulumi.production.yaml", stack: "production" },
    { file: "scoring/flash-flood-predictor/multi-model.yml", stack: "production" },
    { file: "scoring/environment/conda.yml", stack: "production" },
    ...["endpoint.yml", "compact.yml", "multi-model-spark.yml"].map((name): Target => ({
      file: `scoring/flash-flood-predictor/${name}`,
      stack: "sandbox",
    })),
    ...inSandbox("sample", "endpoint.yml", "blue-deployment.yml", "conda.yml"),
    ...shapes.flatMap((name) => inSandbox(`${name}.d`, "deployment.yml")),
    ...casesIn(process.env["MLSCORE_CASES"], copy),
  ];
}

/** Further endpoints, each in a folder of its own, of a folder that is not part of the repository. */
function casesIn(folder: string | undefined, copy: (from: string, to: string) => void): Target[] {
  if (folder === undefined) return [];
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return names.flatMap(({ name }) => {
    copy(join(folder, name), `cases/${name}`);
    const files = readdirSync(join(folder, name)).filter((file) => file.endsWith(".yml"));
    return files.map((file): Target => {
      return { file: `cases/${name}/${file}`, stack: "sandbox", endpoint: `cases/${name}` };
    });
  });
}

/** Everything that is said about the stack, with the file and line of each. */
async function said({ stack, endpoint }: Target): Promise<readonly string[]> {
  const warnings: string[] = [];
  const warn = jest.spyOn(pulumi.log, "warn").mockImplementation((text) => {
    warnings.push(text);
    return Promise.resolve();
  });
  const { loadConfig } = await import("../../config");
  const { settingsIn } = await import("../../graph/settings");
  try {
    const own = settingsIn(PROJECT, stack);
    const other =
      endpoint === undefined ? {} : { "mlscore:endpointDirectory": join(PROJECT, endpoint) };
    pulumi.runtime.setAllConfig({ ...own, ...other });
    const config = await loadConfig(stack);
    expect(config.target).toBe(stack);
    return warnings;
  } catch (error) {
    if (error instanceof ConfigError) {
      expect(error.problems.filter(({ severity }) => severity === "error")).not.toEqual([]);
      expect(error.problems.filter(isWithoutPlace)).toEqual([]);
      return [error.message, ...error.problems.map(formatPlace)];
    }
    if (error instanceof UserError) return [error.message];
    throw error;
  } finally {
    warn.mockRestore();
  }
}

/** What is said of a folder, of a file that cannot be read, or of a text that is no YAML as a whole has no line. */
const OF_NO_LINE = /^(has |is (empty|larger|longer))/;

function isWithoutPlace({ file, line, message }: Problem): boolean {
  return file === "" || (line === undefined ? !OF_NO_LINE.test(message) : line < 1);
}

describe("a stack whose files hold anything", () => {
  const targets = copiedTargets();
  const texts = new Map(
    targets.map(({ file }) => [file, readFileSync(join(PROJECT, file), "utf8")]),
  );
  const prototypes = [Object.prototype, Array.prototype, Function.prototype];
  const names = () => prototypes.map((prototype) => Object.getOwnPropertyNames(prototype));
  const before = names();
  const taken = { accepted: 0, refused: 0 };
  let slowest = { milliseconds: 0, characters: 0, file: "" };

  afterAll(() => {
    rmSync(PROJECT, { recursive: true, force: true });
    if (RUNS > 1_000) console.log(taken, "slowest:", slowest);
  });

  it("is as it was before anything was mutated", async () => {
    for (const target of targets.filter(({ endpoint }) => endpoint === undefined)) {
      expect((await said(target)).filter((line) => line.startsWith("error"))).toEqual([]);
    }
  });

  it(
    "is taken, or refused with file and line",
    async () => {
      const mutation = fc
        .constantFrom(...targets)
        .chain((target) => fc.tuple(fc.constant(target), mutated(texts.get(target.file) ?? "")));
      const property = fc.asyncProperty(mutation, async ([target, text]) => {
        const file = join(PROJECT, target.file);
        writeFileSync(file, text);
        const start = performance.now();
        try {
          const lines = await said(target);
          for (const line of lines) {
            expect(visible(line)).toBe(line);
            expect(line).not.toMatch(/^\s+at .*[/(]|\[object |TypeError|undefined/m);
          }
          taken[lines.some((line) => line.startsWith("error")) ? "refused" : "accepted"] += 1;
        } finally {
          const milliseconds = Math.round(performance.now() - start);
          if (milliseconds > slowest.milliseconds)
            slowest = { milliseconds, characters: text.length, file };
          writeFileSync(file, texts.get(target.file) ?? "");
        }
        expect(names()).toEqual(before);
      });
      await fc.assert(property, { numRuns: RUNS });
    },
    LONGEST_MS,
  );
});
