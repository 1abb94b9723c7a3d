import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isBuilt } from "../local/endpoint/buildOnce";
import { cacheDirectory } from "../projectDirectory";

const PROJECT = join(__dirname, "..");
/** The locked packages have wheels for these minor versions of Python 3; another one would need a compiler. */
const MINORS = { from: 10, to: 13 };

/** Python with the locked packages of the scoring tests. @throws Error that says what is missing */
export function scoringPython(): string {
  return lockedPython(join(PROJECT, "scoring", "requirements-dev.txt"));
}

/**
 * Python with exactly the packages of a requirements file with hashes: a virtual environment in the user's cache, by
 * content, so that all clones and runs share it. Made when it is not there, by however many processes ask at once.
 *
 * @returns path of the environment's python
 * @throws Error with what pip said
 */
export function lockedPython(requirements: string): string {
  const content = `${basePython()}\n${readFileSync(requirements, "utf8")}`;
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 20);
  const directory = join(cacheDirectory(), "locked-python", hash);
  const python = join(directory, "bin", "python");
  // The interpreter is a link out of the environment: it breaks when that Python is removed.
  if (!isBuilt(directory, () => existsSync(python))) {
    process.stderr.write(`Installing the packages of ${requirements} (pip) …\n`);
    const build = ["--import", "tsx", join(__dirname, "buildPython.ts"), requirements, directory];
    const done = spawnSync(process.execPath, build, {
      cwd: PROJECT,
      encoding: "utf8",
      stdio: ["ignore", "ignore", "pipe"],
    });
    if (done.status !== 0) throw new Error(done.stderr);
  }
  return python;
}

/** Its version. */
function basePython(): string {
  const found = spawnSync("python3", ["-I", "-c", "import sys; print(*sys.version_info[:3])"], {
    encoding: "utf8",
  });
  const [major, minor = 0, patch = 0] = found.stdout
    ? found.stdout.trim().split(" ").map(Number)
    : [];
  if (major === 3 && minor >= MINORS.from && minor <= MINORS.to) return `3.${minor}.${patch}`;
  throw new Error(
    `Python 3.${MINORS.from} to 3.${MINORS.to} is needed as \`python3\` on the PATH.`,
  );
}
