/**
 * From the text of a conda file to a virtual environment that is ready to use, built once per content.
 *
 * A build context that has a `bake.py` beside its conda file is run as its Dockerfile would run it: with the new
 * environment's Python, after the packages are there. What that file puts into the environment is part of the content.
 *
 *     <cache>/environments/<hash>         link to the environment (see buildOnce.ts)
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { cannotWrite, diskFull, UserError } from "../../errors";
import { buildOnce, useBuilt, type UsedBuild } from "./buildOnce";
import { runCommand, STDIN_GUARD } from "./command";
import { translateCondaFile, type PipEnvironment } from "../../conda/condaPackages";
import { installFailureText } from "./installFailure";
import { makePrivateFolder } from "./privateFolder";
import { findPython, type Python } from "./python";
import type { ProgressEvent } from "./status";

/** It stays as it is until it is released or this process has ended. */
export interface Environment extends UsedBuild {
  /** The interpreter inside it. */
  readonly python: string;
}

export interface EnvironmentOptions {
  readonly cacheDirectory: string;
  /** Absolute folder of a build context with a bake.py. @default none */
  readonly buildDirectory?: string;
  /** Packages that what runs needs beside those of the conda file. @default none */
  readonly alsoRequired?: readonly string[];
  /** What messages call the conda file. @default "the conda file" */
  readonly condaFileName?: string;
  /** Gets what a failed step has printed. @default none */
  readonly logPath?: string;
  readonly onEvent: (event: Omit<ProgressEvent, "deployment">) => void;
  readonly signal?: AbortSignal;
}

/** Part of the hash: raise it when an environment built by older code must not be used. */
const LAYOUT = 1;

/**
 * What this process has found, by the version that was asked for: asking every Python on PATH takes a quarter of a second. It is
 * looked for again only where its environment is gone.
 */
const foundFor = new Map<string | undefined, Python>();

export async function prepareEnvironment(
  condaFile: string,
  options: EnvironmentOptions,
): Promise<Environment> {
  const desired = translateCondaFile(condaFile, options.condaFileName, options.alsoRequired);
  const folder = join(options.cacheDirectory, "environments");
  const directoryOf = (python: Python) =>
    join(folder, hashOf(python, desired, options.buildDirectory));
  const warn = (python: Python) => {
    for (const message of [...replacement(python, desired, options), ...desired.warnings]) {
      options.onEvent({ phase: "warning", message });
    }
  };
  // The interpreter is a link out of the environment: it breaks when that Python is removed.
  const isUsable = (build: string) => existsSync(pythonIn(build));
  const former = foundFor.get(desired.python);
  const again = former && useBuilt(directoryOf(former), { isUsable });
  if (former !== undefined && again !== undefined) {
    warn(former);
    return environmentIn(again);
  }
  const python = await findPython(desired.python);
  foundFor.set(desired.python, python);
  warn(python);
  const directory = directoryOf(python);
  const there = useBuilt(directory, { isUsable });
  if (there !== undefined) return environmentIn(there);

  try {
    makePrivateFolder(folder);
  } catch (error) {
    throw cannotWrite(`the cache folder ${folder}`, error);
  }
  options.onEvent({
    phase: "environment",
    message: `installing ${desired.requirements.length} requirements with Python ${python.version} (kept for the next time)`,
  });
  const makeIn = (target: string, signal: AbortSignal) =>
    build({ condaFile, directory: target, python, desired }, signal, options);
  const built = await buildOnce(directory, makeIn, {
    isUsable,
    onWaiting: () => {
      options.onEvent({
        phase: "environment",
        message: "another process is installing it; waiting",
      });
    },
    ...(options.signal !== undefined && { signal: options.signal }),
  }).catch((error: unknown) => {
    throw options.signal?.aborted === true ? interrupted() : (diskFull(error, directory) ?? error);
  });
  return environmentIn(built);
}

function environmentIn(build: UsedBuild): Environment {
  return { ...build, python: pythonIn(build.directory) };
}

function pythonIn(directory: string): string {
  return join(directory, "bin", "python");
}

function interrupted(): UserError {
  return new UserError("installing the environment was interrupted");
}

/** What is installed, where, and with which Python. */
interface Work {
  readonly condaFile: string;
  readonly directory: string;
  readonly python: Python;
  readonly desired: PipEnvironment;
}

async function build(work: Work, signal: AbortSignal, options: EnvironmentOptions): Promise<void> {
  const { directory, python, desired } = work;
  const inside = pythonIn(directory);
  await mkdir(directory, { mode: 0o700 });
  await step(python.command, ["-m", "venv", directory], work, signal, options);
  const requirements = join(directory, "requirements.txt");
  await writeFile(requirements, `${desired.requirements.join("\n")}\n`, { mode: 0o600 });
  const pip = ["-m", "pip", "install", "--disable-pip-version-check", "-r", requirements];
  await step(inside, pip, work, signal, options);
  if (options.buildDirectory !== undefined) {
    options.onEvent({ phase: "environment", message: "running bake.py of its build context" });
    await step(inside, [join(options.buildDirectory, "bake.py")], work, signal, options);
  }
}

async function step(
  python: string,
  args: readonly string[],
  work: Work,
  signal: AbortSignal,
  options: EnvironmentOptions,
): Promise<void> {
  const isPip = args.includes("pip");
  // Under the guard, so that a killed supervisor leaves no pip behind that goes on writing.
  const { code: status, output } = await runCommand(python, [STDIN_GUARD, python, ...args], {
    signal,
    env: environmentForPip(),
    onLine: (line) => {
      if (!isPip || !PROGRESS.test(line)) return;
      const message = line.replace(/ \(from .*/, "").slice(0, 160);
      options.onEvent({ phase: "environment", message });
    },
  });
  if (status === 0) return;
  if (signal.aborted) throw interrupted();
  const code = fullCodeIn(output);
  if (code !== undefined) {
    throw cannotWrite(
      `the Python environment ${work.directory}`,
      Object.assign(new Error(), { code }),
    );
  }
  const command = ["python", ...args.slice(0, 3)].join(" ");
  const log = options.logPath === undefined ? {} : { logPath: options.logPath };
  if (options.logPath !== undefined) await writeFile(options.logPath, output, { mode: 0o600 });
  const [script = ""] = args;
  const bake = script.endsWith("bake.py") ? { bakeScript: script } : {};
  const failed = { command, output, isPip, ...bake, ...log, replaced: work.python };
  throw new UserError(installFailureText(failed, work.condaFile, nameOf(options)));
}

/** The code of a full disk, as the C library and Python word it; numbers of Linux, and 69 of macOS. */
function fullCodeIn(output: string): "ENOSPC" | "EDQUOT" | undefined {
  if (/No space left on device|\[Errno 28\]/.test(output)) return "ENOSPC";
  return /Dis[ck] quota exceeded|\[Errno (?:122|69)\]/.test(output) ? "EDQUOT" : undefined;
}

/** Lines of pip that show that it goes on. */
const PROGRESS = /^(Collecting|Installing collected packages|Building wheels?)\b/;

function nameOf({ condaFileName = "the conda file" }: EnvironmentOptions): string {
  return condaFileName;
}

/** Says that the Python is another than the conda file's. */
function replacement(
  { version, command, replaces }: Python,
  { pythonLine }: PipEnvironment,
  options: EnvironmentOptions,
): string[] {
  if (replaces === undefined) return [];
  const place = pythonLine === undefined ? nameOf(options) : `${nameOf(options)}:${pythonLine}`;
  return [
    `${place}: asks for Python ${replaces}, which is not on PATH; Python ${version} (${command}) is used instead`,
  ];
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
