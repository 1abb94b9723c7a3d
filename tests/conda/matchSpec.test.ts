import { describe, expect, it } from "@jest/globals";

import { fits, parseMatchSpec } from "../../conda/matchSpec";
import { pipLineProblem } from "../../conda/pipLine";

describe("a conda dependency", () => {
  it.each([
    ["numpy", ""],
    ["numpy *", ""],
    ["numpy=1.26", "=1.26"],
    ["numpy==1.26.4", "==1.26.4"],
    ["numpy=1.26.4=py311_0", "=1.26.4"],
    ["numpy 1.26.4 py311_0", "1.26.4"],
    ["numpy >=1.26, <2", ">=1.26,<2"],
    ["numpy 1.24.*|1.26.*", "1.24.*|1.26.*"],
    ["numpy=1.26[build=py311*]", "=1.26"],
    ["numpy[version='1.24|1.26', build=py311*, channel=conda-forge]", "1.24|1.26"],
    ["conda-forge/noarch::NumPy~=1.26  # note", "~=1.26"],
  ])("%s takes the versions %s", (text, version) => {
    expect(parseMatchSpec(text)).toEqual({ name: "numpy", version });
  });

  it.each([
    ["numpy=^1\\.2", 'has "=^1\\.2", which is not a version'],
    ["numpy[built=py311]", 'has "built" in brackets, which conda does not have'],
    ["numpy=>1.2", 'has "=>1.2", which is not a version'],
    ["python=3.x", 'has "=3.x", a version that no package has; write "=3.*"'],
    ["python 3.11.X", 'has "3.11.X", a version that no package has; write "3.11.*"'],
    ["numpy[version='1.x.*|2']", 'has "1.x.*", a version that no package has; write "1.*"'],
    ["python>=3.x,<4", 'has ">=3.x", a version that no package has; write ">=3"'],
    ["-r requirements.txt", "is not a package with a version"],
  ])("%s is not understood", (text, problem) => {
    expect(parseMatchSpec(text)).toEqual({ problem });
  });

  it.each([
    ["3.11.7", "=3.11", true],
    ["3.11.7", "3.11", true],
    ["3.1.7", "=3.11", false],
    ["3.11.7", "==3.11", false],
    ["3.11.0", "==3.11", true],
    ["3.11.7", ">3.11", true],
    ["3.11.7", "<=3.11", false],
    ["3.12.0", "<3.12", false],
    ["3.11.7", "!=3.11.*", false],
    ["3.11.7", "~=3.9", true],
    ["3.12.1", "~=3.11.2", false],
    ["3.12.1", "3.10.*|>=3.12", true],
    ["3.11.7", "*", true],
  ])("%s against %s: %s", (version, wanted, taken) => {
    expect(fits(version, wanted)).toBe(taken);
  });
});

describe("a pip line", () => {
  it.each([
    "-e git+https://github.com/contoso/dune.git@v1#egg=dune",
    "--editable=git+ssh://git@example.com/dune.git",
    "-r https://example.com/requirements.txt",
    "-c https://example.com/constraints.txt",
    "dune @ https://example.com/dune-1.0-py3-none-any.whl",
    "--require-hashes",
    "numpy==1.26.4 --hash=sha256:00",
  ])("that needs no file is taken: %s", (line) => {
    expect(pipLineProblem(line)).toBeUndefined();
  });

  it.each([
    "-r requirements.txt",
    "-rrequirements.txt",
    "--requirement=requirements.txt",
    "-c ./constraints.txt",
    "-e .",
    "-e ./package",
    "-e file:///package",
    ".",
    "./dune.whl",
    "file:dune.whl",
    "dune @ file:///dune.whl",
  ])("that refers to a file is refused: %s", (line) => {
    expect(pipLineProblem(line)).toContain("refers to a file");
  });

  it("with an option that pip does not know there is refused", () => {
    expect(pipLineProblem("--user")).toContain("does not take in a requirements file");
  });
});
