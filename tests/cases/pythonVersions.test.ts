import { describe, expect, it } from "@jest/globals";
import { installFailureText } from "../../local/endpoint/installFailure";
import { translateCondaFile } from "../../conda/condaPackages";
import { choosePython } from "../../local/endpoint/python";

/**
 * Which Python stands in for the one of a conda file, and what is said when packages then cannot be installed. Rules of versions:
 * conda's documentation "Package match specifications" and conda/models/version.py. Texts of failures: pip 23 to 26.
 */

function chosen(dependency: string, versions: readonly string[]): string {
  const { python } = translateCondaFile(`dependencies:\n  - ${JSON.stringify(dependency)}\n`);
  const candidates = versions.map((version) => {
    const minor = Number(version.split(".")[1]);
    return { command: `python3.${minor}`, version, minor, canMakeVenv: true };
  });
  const { best, isWanted } = choosePython(python, candidates)!;
  return `${best.version}${isWanted ? "" : " instead"}`;
}

const ALL = ["3.13.1", "3.10.14", "3.11.9", "3.12.4"];

describe("a range of Python takes the newest that fits", () => {
  it.each<[string, string]>([
    ["python>=3.9,<3.11", "3.10.14"],
    ["python >=3.9, <3.11", "3.10.14"],
    ["python[version='>=3.9,<3.12']", "3.11.9"],
    ["conda-forge::python>=3.10,<3.13", "3.12.4"],
    ["python 3.10.*|3.11.*", "3.11.9"],
    ["python>=3.10,!=3.12.*,!=3.13.*", "3.11.9"],
    ["python~=3.10.4", "3.10.14"],
    ["python>3.10,<3.12", "3.11.9"],
    ["python>=3.8,<3.10", "3.10.14 instead"],
    ["Python >=3.14", "3.13.1 instead"],
    ["python=3.11.9=h955ad1f_0", "3.11.9"],
  ])("%s: %s", (dependency, expected) => {
    expect(chosen(dependency, ALL)).toBe(expected);
  });
});

describe("an upper bound of Python takes the newest below it", () => {
  it.each<[string, string]>([
    ["python<3.12", "3.11.9"],
    ["python <3.12", "3.11.9"],
    ["python<3.13", "3.12.4"],
    ["python<3.12.0", "3.11.9"],
    ["python<=3.12.99", "3.12.4"],
    // Of 3.11 it takes 3.11.0 alone.
    ["python<=3.11", "3.10.14"],
    ["python<3.11,!=3.9.*", "3.10.14"],
    ["python[version='<3.12']", "3.11.9"],
    ["python<4", "3.13.1"],
    ["python<3.10", "3.10.14 instead"],
    ["python<3.8|<3.12", "3.11.9"],
  ])("%s: %s", (dependency, expected) => {
    expect(chosen(dependency, ALL)).toBe(expected);
  });

  it("takes what is there where one alone is", () => {
    expect(chosen("python>3.11", ["3.11.9"])).toBe("3.11.9");
    expect(chosen("python<=3.12", ["3.13.1"])).toBe("3.13.1 instead");
  });
});

const CONDA = [
  "dependencies:",
  "  - python=3.9",
  "  - pip:",
  "      - inference-schema[numpy-support]==1.5.1",
  "      - numpy==1.19.5",
  "      - scikit_learn==0.24.2",
].join("\n");
const REPLACED = { command: "python3.11", version: "3.11.9", replaces: "=3.9" };

function failure(output: string, replaced = REPLACED): string {
  return installFailureText({ command: "pip", output, isPip: true, replaced }, CONDA, "conda.yml");
}

describe("packages that fail on another Python than theirs", () => {
  it.each<[string, string, string]>([
    [
      "no file for it",
      "ERROR: Ignored the following versions that require a different python version: 1.19.5 Requires-Python >=3.6,<3.10\nERROR: Could not find a version that satisfies the requirement numpy==1.19.5 (from versions: 1.26.4)\nERROR: No matching distribution found for numpy==1.19.5",
      "conda.yml:5",
    ],
    [
      "a package with extras",
      "ERROR: No matching distribution found for inference-schema[numpy-support]==1.5.1",
      "conda.yml:4",
    ],
    [
      "a name spelt otherwise",
      "ERROR: No matching distribution found for scikit-learn==0.24.2",
      "conda.yml:6",
    ],
    [
      "a wheel that cannot be built",
      "  error: command 'gcc' failed\n  ERROR: Failed building wheel for numpy\nFailed to build numpy\nERROR: Could not build wheels for numpy, which is required to install pyproject.toml-based projects",
      "conda.yml:5",
    ],
    [
      "several that cannot be built",
      "ERROR: Failed to build installable wheels for some pyproject.toml based projects (scikit-learn)",
      "conda.yml:6",
    ],
    [
      "what is needed to build it",
      "ERROR: Failed to build 'numpy' when getting requirements to build wheel",
      "conda.yml:5",
    ],
    [
      "metadata that cannot be made",
      "Collecting inference-schema==1.5.1\n  Using cached x.whl\nCollecting numpy==1.19.5\n  Preparing metadata (setup.py): finished with status 'error'\n  error: subprocess-exited-with-error\n  × python setup.py egg_info did not run successfully.\n  ╰─> See above for output.\nerror: metadata-generation-failed\n× Encountered error while generating package metadata.\n╰─> See above for output.",
      "conda.yml:5",
    ],
    [
      "a file for another one",
      "ERROR: Package 'scikit-learn' requires a different Python: 3.11.9 not in '<3.10,>=3.6'",
      "conda.yml:6",
    ],
    [
      "versions that contradict each other",
      "ERROR: Cannot install inference-schema[numpy-support]==1.5.1 and numpy==1.19.5 because these package versions have conflicting dependencies.\nERROR: ResolutionImpossible: for help visit https://pip.pypa.io/",
      "conda.yml:4",
    ],
    [
      "a wheel of another platform",
      "ERROR: numpy-1.19.5-cp39-cp39-manylinux2010_x86_64.whl is not a supported wheel on this platform.",
      "conda.yml:5",
    ],
  ])("say so at the line: %s", (_what, output, place) => {
    const [first = "", second] = failure(output).split("\n");
    expect(first.split(": ")[0]).toBe(place);
    expect(second).toBe(
      "  Python 3.11.9 is used instead of =3.9, which is the likely reason: install that Python, or ask for this one.",
    );
  });

  it("do not blame it where the index cannot be reached", () => {
    const offline =
      "WARNING: Retrying after connection broken by 'NewConnectionError(...)'\nERROR: No matching distribution found for numpy==1.19.5";
    expect(failure(offline)).not.toContain("likely reason");
  });
});
