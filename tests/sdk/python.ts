import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CACHE_DIRECTORY } from "../local/endpoint/support/endpoint";

const REQUIREMENTS = join(__dirname, "requirements.txt");

/** What pip and the network below it say where no registry answers. */
const UNREACHABLE =
  /NewConnectionError|NameResolutionError|Temporary failure in name resolution|Max retries exceeded|ConnectTimeoutError|Read timed out/;

/**
 * Python with azure-ai-ml and what it needs, as locked; made on the first run and kept for later ones. Undefined where no
 * package registry can be reached, which is said aloud.
 * @throws Error when it cannot be made for any other reason
 */
export function sdkPython(): string | undefined {
  const lock = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex").slice(0, 16);
  const folder = join(CACHE_DIRECTORY, `azure-ai-ml-${lock}`);
  const python = join(folder, "bin", "python");
  const marker = join(folder, ".installed");
  if (existsSync(marker)) return python;

  process.stderr.write("Installing azure-ai-ml for tests/sdk (pip) …\n");
  rmSync(folder, { recursive: true, force: true });
  const made = run("python3", ["-m", "venv", folder]);
  if (made.status !== 0) throw failure("python3 -m venv (Python 3.10 or newer is needed)", made);
  const options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "-r"];
  const installed = run(python, ["-m", "pip", "install", ...options, REQUIREMENTS]);
  if (installed.status === 0) {
    writeFileSync(marker, "");
    return python;
  }
  rmSync(folder, { recursive: true, force: true });
  if (!UNREACHABLE.test(installed.stderr)) throw failure("pip install", installed);
  // Jest drops what a wholly skipped suite logs.
  process.stderr.write(
    "SKIPPED: tests/sdk needs azure-ai-ml, which is not installed yet, and no package registry can be reached.\n",
  );
  return undefined;
}

function run(command: string, args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function failure(what: string, { stderr, error }: SpawnSyncReturns<string>): Error {
  return new Error(`${what} failed: ${error?.message ?? stderr}`);
}
