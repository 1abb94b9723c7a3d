/** Finds a Python on PATH: the one that the conda file asks for, else the best available. */
import { UserError } from "../../errors";
import { runCommand } from "./command";

export interface Python {
  readonly command: string;
  /** "3.11.7" */
  readonly version: string;
  /** For the user, when the desired version is missing. */
  readonly warning?: string;
}

/** The oldest minor version of Python 3 that the inference server and its dependencies still get tested with. */
const OLDEST_MINOR = 10;
const NEWEST_MINOR = 15;

/** A shim of a version manager exists without the version behind it, so a candidate is run, not just looked up. */
const PROBE = [
  "import sys, importlib.util as u",
  "print(sys.version.split()[0], u.find_spec('venv') is not None and u.find_spec('ensurepip') is not None)",
].join("\n");

interface Candidate {
  readonly command: string;
  readonly version: string;
  readonly minor: number;
  readonly canMakeVenv: boolean;
}

export async function findPython(desired: string | undefined): Promise<Python> {
  const exact = desired === undefined ? undefined : await probe(`python${desired}`);
  if (exact !== undefined && exact.minor >= OLDEST_MINOR) return usable(exact);

  const minors = Array.from(
    { length: NEWEST_MINOR - OLDEST_MINOR + 1 },
    (_, i) => `python3.${NEWEST_MINOR - i}`,
  );
  const found = await Promise.all(["python3", "python", ...minors].map(probe));
  const candidates = found.filter((candidate) => candidate !== undefined);
  const good = candidates.filter(({ minor }) => minor >= OLDEST_MINOR);
  // Without a desired version, or when that is missing, python3 is what the user means by Python.
  const best = good.find(({ version }) => version.startsWith(`${desired ?? "?"}.`)) ?? good[0];
  if (best === undefined) {
    const seen = candidates.map(({ command, version }) => `${command} is ${version}`).join(", ");
    throw new UserError(
      `Python 3.${OLDEST_MINOR} or newer is needed to run the endpoint on this machine (${seen || "no Python is on PATH"}); ` +
        "install it from your system's packages or from python.org",
    );
  }
  const python = usable(best);
  if (desired === undefined || python.version.startsWith(`${desired}.`)) return python;
  const warning = `the conda file asks for Python ${desired}, which is not on PATH; using Python ${python.version} (${python.command})`;
  return { ...python, warning };
}

function usable(candidate: Candidate): Python {
  if (!candidate.canMakeVenv) {
    throw new UserError(
      `${candidate.command} (${candidate.version}) cannot create virtual environments: its venv or ensurepip module is missing; ` +
        `on Debian and Ubuntu install it with: sudo apt install python3.${candidate.minor}-venv`,
    );
  }
  return { command: candidate.command, version: candidate.version };
}

async function probe(command: string): Promise<Candidate | undefined> {
  const { code, output } = await runCommand(command, ["-I", "-c", PROBE], { timeoutMs: 15_000 });
  const match = /^(3\.(\d+)\.\S+) (True|False)\s*$/.exec(output);
  if (code !== 0 || match === null) return undefined;
  const [, version = "", minor = "", canMakeVenv] = match;
  return { command, version, minor: Number(minor), canMakeVenv: canMakeVenv === "True" };
}
