import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bakeNeeds } from "../local/buildContext";
import { prepareEnvironment } from "../local/endpoint/environment";
import { cacheDirectory } from "../projectDirectory";
import { scoringPython } from "./python";

/**
 * What the Spark tests of scoring/tests/spark run in: the environment of the deployment multi-model-spark itself, as the
 * local endpoint builds and caches it, with pytest beside it on the path; and Azurite for the storage.
 */

const PROJECT = join(__dirname, "..");
const CONTEXT = join(PROJECT, "scoring", "environment-spark");

export interface SparkTests {
  readonly python: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What to run them with, or in words what this machine lacks. */
export async function sparkTests(): Promise<SparkTests | string> {
  const lacking = await bakeNeeds();
  if (lacking.length > 0) return `this machine has no ${lacking.join(" and no ")}`;
  const { python } = await prepareEnvironment(readFileSync(join(CONTEXT, "conda.yml"), "utf8"), {
    cacheDirectory: cacheDirectory(),
    buildDirectory: CONTEXT,
    onEvent: ({ message }) => {
      process.stderr.write(`Spark's environment: ${message}\n`);
    },
  });
  const [ours, packages] = [python, scoringPython()].map((each) => sitePackages(each));
  if (ours?.version !== packages?.version) {
    return `Spark's environment has Python ${ours?.version}, and the scoring tests ${packages?.version}`;
  }
  const env = { ...process.env, PYTHONPATH: packages?.folder, AZURITE: azurite() };
  return { python, env };
}

function sitePackages(python: string): { readonly version: string; readonly folder: string } {
  const script =
    "import sys, sysconfig; print('%d.%d' % sys.version_info[:2], sysconfig.get_path('purelib'))";
  const { stdout } = spawnSync(python, ["-c", script], { encoding: "utf8" });
  const [version = "", folder = ""] = stdout.trim().split(/ (.*)/);
  return { version, folder };
}

/**
 * The storage emulator, installed once for a lock: 370 packages that nobody else needs.
 *
 * @returns path of its blob service
 * @throws Error with what npm said
 */
function azurite(): string {
  const source = join(PROJECT, "tests", "azurite");
  const lock = readFileSync(join(source, "package-lock.json"));
  const hash = createHash("sha256").update(lock).digest("hex").slice(0, 20);
  const folder = join(cacheDirectory(), "azurite", hash);
  if (!existsSync(folder)) {
    process.stderr.write("Installing Azurite (npm ci) …\n");
    // Whole or not at all, and of two at once the first stays.
    const next = `${folder}.${process.pid}`;
    mkdirSync(join(cacheDirectory(), "azurite"), { recursive: true });
    cpSync(source, next, { recursive: true });
    const options = ["ci", "--omit=dev", "--loglevel=error"];
    const done = spawnSync("npm", options, { cwd: next, encoding: "utf8" });
    if (done.status !== 0) {
      rmSync(next, { recursive: true, force: true });
      throw new Error(`Azurite could not be installed:\n${done.stderr}`);
    }
    if (existsSync(folder)) rmSync(next, { recursive: true, force: true });
    else renameSync(next, folder);
  }
  return join(folder, "node_modules", ".bin", "azurite-blob");
}
