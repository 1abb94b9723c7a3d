/**
 * From the text of a conda file to a virtual environment that is ready to use, built once per content.
 *
 * A build context that has a `bake.py` beside its conda file is run as its Dockerfile would run it: with the new
 * environment's Python, after the packages are there. What that file puts into the environment is part of the content.
 *
 *     <cache>/environments/<hash>/        the environment (see buildOnce.ts)
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { UserError } from "../../errors";
import { buildOnce, isBuilt } from "./buildOnce";
import { runCommand, STDIN_GUARD } from "./command";
import { translateCondaFile, type PipEnvironment } from "./condaPackages";
import { findPython, type Python } from "./python";
import type { ProgressEvent } from "./status";

export interface Environment {
  readonly directory: string;
  /** The interpreter inside it. */
  readonly python: string;
}

export interface EnvironmentOptions {
  readonly cacheDirectory: string;
  /** Absolute folder of a build context with a bake.py. @default none */
  readonly buildDirectory?: string;
  readonly onEvent: (event: Omit<ProgressEvent, "deployment">) => void;
  readonly signal?: AbortSignal;
}

/** Part of the hash: raise it when an environment built by older code must not be used. */
const LAYOUT = 1;
const TAIL_LINES = 15;

export async function prepareEnvironment(
  condaFile: string,
  options: EnvironmentOptions,
): Promise<Environment> {
  const desired = translateCondaFile(condaFile);
  const python = await findPython(desired.python);
  for (const warning of [...desired.warnings, ...(python.warning ? [python.warning] : [])]) {
    options.onEvent({ phase: "warning", message: warning });
  }
  const folder = join(options.cacheDirectory, "environments");
  const directory = join(folder, hashOf(python, desired, options.buildDirectory));
  const environment = { directory, python: join(directory, "bin", "python") };
  const isUsable = () => existsSync(environment.python);
  if (isBuilt(directory, isUsable)) return environment;

  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw new UserError(
      `the cache folder ${folder} cannot be created: ${(error as Error).message}`,
    );
  });
  options.onEvent({
    phase: "environment",
    message: `installing ${desired.requirements.length} requirements with Python ${python.version} (kept for the next time)`,
  });
  await buildOnce(directory, (signal) => build(environment, python, desired, signal, options), {
    // The interpreter is a link out of the environment: it breaks when that Python is removed.
    isUsable,
    onWaiting: () => {
      options.onEvent({
        phase: "environment",
        message: "another process is installing it; waiting",
      });
    },
    ...(options.signal !== undefined && { signal: options.signal }),
  }).catch((error: unknown) => {
    throw options.signal?.aborted === true ? interrupted() : error;
  });
  return environment;
}

function interrupted(): UserError {
  return new UserError("installing the environment was interrupted");
}

async function build(
  { directory, python: inside }: Environment,
  python: Python,
  desired: PipEnvironment,
  signal: AbortSignal,
  options: EnvironmentOptions,
): Promise<void> {
  await step(python.command, ["-m", "venv", directory], signal);
  const requirements = join(directory, "requirements.txt");
  await writeFile(requirements, `${desired.requirements.join("\n")}\n`);
  const pip = ["-m", "pip", "install", "--disable-pip-version-check", "-r", requirements];
  await step(inside, pip, signal, (line) => {
    const collecting = /^(Collecting|Installing collected packages|Building wheels?)\b/.test(line);
    if (!collecting) return;
    const message = line.replace(/ \(from .*/, "").slice(0, 160);
    options.onEvent({ phase: "environment", message });
  });
  if (options.buildDirectory !== undefined) {
    options.onEvent({ phase: "environment", message: "running bake.py of its build context" });
    await step(inside, [join(options.buildDirectory, "bake.py")], signal);
  }
}

async function step(
  python: string,
  args: readonly string[],
  signal: AbortSignal,
  onLine?: (line: string) => void,
): Promise<void> {
  // Under the guard, so that a killed supervisor leaves no pip behind that goes on writing.
  const { code, output } = await runCommand(python, [STDIN_GUARD, python, ...args], {
    signal,
    env: environmentForPip(),
    ...(onLine !== undefined && { onLine }),
  });
  if (code === 0) return;
  if (signal.aborted) throw interrupted();
  const tail = output.trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
  throw new UserError(
    `the deployment's Python environment could not be installed (${["python", ...args.slice(0, 3)].join(" ")}):\n${tail}\n` +
      (args[0]?.endsWith("bake.py") === true
        ? "Check that Maven (mvn) can reach its repository, and what bake.py says above."
        : "Check the package names and versions in the conda file, and that pip can reach its package index."),
  );
}

/** The user's own environment, pip's configuration in it included, but not another Python's. */
function environmentForPip(): NodeJS.ProcessEnv {
  const foreign = [
    "PYTHONPATH",
    "PYTHONHOME",
    "VIRTUAL_ENV",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_USER",
  ];
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !foreign.includes(name)),
  );
}

function hashOf(python: Python, desired: PipEnvironment, buildDirectory?: string): string {
  const content = JSON.stringify([
    LAYOUT,
    process.platform,
    process.arch,
    python.version,
    desired.requirements,
    ...(buildDirectory === undefined ? [] : [fileHashes(buildDirectory)]),
  ]);
  return createHash("sha256").update(content).digest("hex").slice(0, 20);
}

/** Of the files that lie directly in a build context: bake.py and what it reads. */
function fileHashes(directory: string): readonly (readonly [name: string, hash: string])[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return names.sort().map((name) => {
    const content = readFileSync(join(directory, name));
    return [name, createHash("sha256").update(content).digest("hex")] as const;
  });
}
