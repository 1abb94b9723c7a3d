/** Finds a Python on PATH: the newest that the conda file takes, else the nearest to that. */
import { compareVersions, fits } from "../../conda/matchSpec";
import { UserError } from "../../errors";
import { runCommand } from "./command";

export interface Python {
  readonly command: string;
  /** "3.11.7" */
  readonly version: string;
  /** The version that the conda file asks for and that this one replaces, in conda's notation. */
  readonly replaces?: string;
}

/** The oldest minor version of Python 3 that the inference server and its dependencies still get tested with. */
const OLDEST_MINOR = 10;
const NEWEST_MINOR = 15;

/** A shim of a version manager exists without the version behind it, so a candidate is run, not just looked up. */
const PROBE = [
  "import sys, importlib.util as u",
  "print(sys.version.split()[0], u.find_spec('venv') is not None and u.find_spec('ensurepip') is not None)",
].join("\n");

export interface Candidate {
  readonly command: string;
  readonly version: string;
  readonly minor: number;
  readonly canMakeVenv: boolean;
}

/** @param desired in conda's notation, such as `>=3.9,<3.11`; any when missing */
export async function findPython(desired: string | undefined): Promise<Python> {
  const minors = Array.from(
    { length: NEWEST_MINOR - OLDEST_MINOR + 1 },
    (_, i) => `python3.${NEWEST_MINOR - i}`,
  );
  const found = await Promise.all(["python3", "python", ...minors].map(probe));
  const candidates = found.filter((candidate) => candidate !== undefined);
  const good = candidates.filter(({ minor }) => minor >= OLDEST_MINOR);
  const chosen = choosePython(desired, good);
  if (chosen === undefined) {
    const seen = candidates.map(({ command, version }) => `${command} is ${version}`).join(", ");
    throw new UserError(
      `Python 3.${OLDEST_MINOR} or newer is needed to run the endpoint on this machine (${seen || "no Python is on PATH"}); ` +
        "install it from your system's packages or from python.org",
    );
  }
  const { best, isWanted } = chosen;
  return { ...usable(best), ...(isWanted || desired === undefined ? {} : { replaces: desired }) };
}

/** The one to take, and whether the conda file takes it too; undefined when there is none at all. */
export function choosePython(
  desired: string | undefined,
  candidates: readonly Candidate[],
): { readonly best: Candidate; readonly isWanted: boolean } | undefined {
  // Without a desired version, python3 is what the user means by Python.
  const best = desired === undefined ? candidates[0] : nearestTo(desired, candidates);
  if (best === undefined) return undefined;
  return { best, isWanted: desired === undefined || distanceFrom(desired, best) === 0 };
}

/** The newest of those that fit; where none does, the newest of the nearest. */
function nearestTo(desired: string, candidates: readonly Candidate[]): Candidate | undefined {
  return candidates.toSorted(
    (one, other) =>
      distanceFrom(desired, one) - distanceFrom(desired, other) ||
      Number(fits(other.version, desired)) - Number(fits(one.version, desired)) ||
      compareVersions(other.version, one.version),
  )[0];
}

/** Highest patch that a minor version is thought to have, and highest minor version that a conda file may name. */
const PATCHES = 40;
const MINORS = 40;

/** How many minor versions a candidate is away from one that is wanted. Another patch of one that is, is as good. */
function distanceFrom(desired: string, { minor }: Candidate): number {
  const isWanted = (each: number) =>
    Array.from({ length: PATCHES }, (_, patch) => `3.${each}.${patch}`).some((version) =>
      fits(version, desired),
    );
  const wanted = Array.from({ length: MINORS }, (_, each) => each).filter(isWanted);
  return Math.min(...wanted.map((each) => Math.abs(each - minor)), MINORS);
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
