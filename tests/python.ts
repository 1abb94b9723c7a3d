import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PROJECT = join(__dirname, "..");
const VENV = join(PROJECT, "scoring", ".venv");
const REQUIREMENTS = join(PROJECT, "scoring", "requirements-dev.txt");

/**
 * Python with the locked packages of the scoring tests, made when it is not there or not these.
 * @returns path of the environment's python
 */
export function scoringPython(): string {
  const python = join(VENV, "bin", "python");
  const marker = join(VENV, ".installed");
  const wanted = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex");
  if (existsSync(marker) && readFileSync(marker, "utf8") === wanted) return python;

  console.error("Installing the scoring tests' packages (pip) …");
  rmSync(VENV, { recursive: true, force: true });
  run(basePython(), ["-m", "venv", VENV], "On Debian the package python3-venv is needed.");
  run(
    python,
    [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      "--require-hashes",
      "-r",
      REQUIREMENTS,
    ],
    "pip's message is above.",
  );
  writeFileSync(marker, wanted);
  return python;
}

function basePython(): string {
  const found = spawnSync("python3", ["-c", "import sys; print(*sys.version_info[:2])"], {
    encoding: "utf8",
  });
  const [major = 0, minor = 0] = found.stdout ? found.stdout.trim().split(" ").map(Number) : [];
  // The locked numpy and onnxruntime have wheels for these versions; another would want a compiler.
  if (major === 3 && minor >= 10 && minor <= 13) return "python3";
  throw new Error("Python 3.10 to 3.13 is needed as `python3` on the PATH.");
}

function run(command: string, args: readonly string[], advice: string): void {
  const done = spawnSync(command, args, { stdio: ["ignore", 2, 2] });
  if (done.status !== 0) {
    rmSync(VENV, { recursive: true, force: true });
    throw new Error(`\`${command} ${args.slice(0, 3).join(" ")} …\` failed. ${advice}`);
  }
}
