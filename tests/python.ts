import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SCORING = join(__dirname, "..", "scoring");

/** Python with the locked packages of the scoring tests. @throws Error that says what is missing */
export function scoringPython(): string {
  return lockedPython(join(SCORING, ".venv"), join(SCORING, "requirements-dev.txt"));
}

/**
 * Python with exactly the packages of a requirements file with hashes, made when it is not there or not these.
 *
 * @param folder of the virtual environment
 * @returns path of the environment's python
 * @throws Error with what pip said; then there is no such folder
 */
export function lockedPython(folder: string, requirements: string): string {
  const python = join(folder, "bin", "python");
  const marker = join(folder, ".installed");
  const wanted = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  if (existsSync(marker) && readFileSync(marker, "utf8") === wanted) return python;

  process.stderr.write(`Installing the packages of ${requirements} (pip) …\n`);
  rmSync(folder, { recursive: true, force: true });
  try {
    run(basePython(), ["-m", "venv", folder], "On Debian the package python3-venv is needed.");
    const options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "-r"];
    run(python, ["-m", "pip", "install", ...options, requirements], "");
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  writeFileSync(marker, wanted);
  return python;
}

function basePython(): string {
  const found = spawnSync("python3", ["-c", "import sys; print(*sys.version_info[:2])"], {
    encoding: "utf8",
  });
  const [major = 0, minor = 0] = found.stdout ? found.stdout.trim().split(" ").map(Number) : [];
  // The locked packages have wheels for these versions; another would want a compiler.
  if (major === 3 && minor >= 10 && minor <= 13) return "python3";
  throw new Error("Python 3.10 to 3.13 is needed as `python3` on the PATH.");
}

function run(command: string, args: readonly string[], advice: string): void {
  const { status, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (status === 0) return;
  const short = `${command} ${args.slice(0, 3).join(" ")} …`;
  throw new Error(`\`${short}\` failed. ${advice}\n${error?.message ?? stderr}`);
}
