import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import { UserError } from "../../errors";
import { translateCondaFile } from "../../conda/condaPackages";

const SERVER = "azureml-inference-server-http==1.5.1";

function conda(dependencies: readonly string[], pip: readonly string[] = [SERVER]): string {
  return JSON.stringify({ name: "x", dependencies: [...dependencies, "pip", { pip }] });
}

describe("a conda package that PyPI has too", () => {
  it.each([
    ["numpy=2.3.1", "numpy==2.3.1"],
    ["numpy==2.3.1", "numpy==2.3.1"],
    ["numpy=2.3", "numpy==2.3.*"],
    ["numpy==2.3", "numpy==2.3"],
    ["numpy=2.3.*", "numpy==2.3.*"],
    ["numpy", "numpy"],
    ["numpy>=2,<3", "numpy>=2,<3"],
    ["numpy >=2, <3", "numpy>=2,<3"],
    ["numpy=2.3.1=py311h64a7726_0", "numpy==2.3.1"],
    ["conda-forge::numpy=2.3.1", "numpy==2.3.1"],
    ["numpy[version='>=2.1']", "numpy>=2.1"],
    ["NumPy=2.3.1", "numpy==2.3.1"],
    ["pytorch=2.8.0", "torch==2.8.0"],
    ["matplotlib-base", "matplotlib"],
    ["numpy=2.3.1[build=py311*]", "numpy==2.3.1"],
    ["numpy[version='>=2.1',build=py311*]", "numpy>=2.1"],
    ["numpy >=2,<3 py311*", "numpy>=2,<3"],
    ["numpy 2.3.1", "numpy==2.3.1"],
    ["conda-forge/linux-64::numpy=2.3.1", "numpy==2.3.1"],
  ])("is translated: %s becomes %s", (spec, requirement) => {
    expect(translateCondaFile(conda([spec])).requirements).toEqual([requirement, SERVER]);
  });

  it("keeps any three-part version exactly", () => {
    const version = fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99)).map((parts) => parts.join("."));
    fc.assert(
      fc.property(version, (text) => {
        const { requirements } = translateCondaFile(conda([`scipy=${text}`]));
        expect(requirements[0]).toBe(`scipy==${text}`);
      }),
    );
  });
});

describe("a conda file", () => {
  it("gives its Python as it is written and no requirement for pip", () => {
    const { python, requirements } = translateCondaFile(conda(["python=3.11.7", "pip=24.0"]));
    expect(python).toBe("=3.11.7");
    expect(requirements).toEqual([SERVER]);
  });

  it("without Python requests none", () => {
    expect(translateCondaFile(conda([]))).not.toHaveProperty("python");
  });

  it("names every package that is left out, in one warning", () => {
    const { requirements, warnings } = translateCondaFile(
      conda(["gdal=3.8", "numpy", "openjdk=17"]),
    );
    expect(requirements).toEqual(["numpy", SERVER]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("gdal=3.8, openjdk=17");
  });

  it("without the inference server gets it, and says so", () => {
    const { requirements, warnings } = translateCondaFile(conda([], ["numpy==2.3.1"]));
    expect(requirements).toEqual(["numpy==2.3.1", SERVER]);
    expect(warnings).toEqual([
      `${SERVER} added on this machine, because the conda file does not have it`,
    ]);
  });

  it.each([
    "azureml-inference-server-http",
    "AzureML_Inference.Server-HTTP>=1",
    "azureml-defaults",
  ])("with %s does not get a second inference server", (line) => {
    expect(translateCondaFile(conda([], [line]))).toMatchObject({
      requirements: [line],
      warnings: [],
    });
  });

  it.each([
    "--extra-index-url https://packages.example.com/simple",
    "--index-url=https://packages.example.com/simple",
    "--pre",
    "git+https://example.com/team/model.git@v1",
    "model @ https://example.com/model-1.0-py3-none-any.whl",
    "pandas[performance]>=2 ; python_version < '3.13'",
  ])("passes on the pip line %s", (line) => {
    expect(translateCondaFile(conda([], [line, SERVER])).requirements).toEqual([line, SERVER]);
  });

  it.each([
    ["-r requirements.txt", "refers to a file"],
    ["--requirement=more.txt", "refers to a file"],
    ["-c limits.txt", "refers to a file"],
    ["-e .", "refers to a file"],
    ["./wheels/x.whl", "refers to a file"],
    ["model @ file:///tmp/x.whl", "refers to a file"],
    ["--target /tmp/x", "does not take"],
    ["numpy\n--target /tmp/x", "line break"],
  ])("refuses the pip line %j", (line, message) => {
    const translate = () => translateCondaFile(conda([], [line]));
    expect(translate).toThrow(UserError);
    expect(translate).toThrow(message);
  });

  it.each([
    ["not: [valid", "conda file:1: has a [ before this line without its ]"],
    ["dependencies: 5", "conda file: is not understood"],
  ])("that is broken (%s) is the user's mistake", (text, message) => {
    expect(() => translateCondaFile(text)).toThrow(UserError);
    expect(() => translateCondaFile(text)).toThrow(message);
  });

  it.each(["", "name: x", "dependencies: []"])(
    "that is empty (%j) needs only the server",
    (text) => {
      expect(translateCondaFile(text).requirements).toEqual([SERVER]);
    },
  );
});

describe("a version that pip cannot say", () => {
  it("with an or becomes the newest of them, and says so", () => {
    const { requirements, warnings } = translateCondaFile(conda(["numpy 1.24.*|1.26.*"]));
    expect(requirements[0]).toBe("numpy==1.26.*");
    expect(warnings).toEqual([
      'of numpy 1.24.*|1.26.*, numpy==1.26.* is installed here: pip has no "or"',
    ]);
  });

  it("is refused by its name and line, all at once", () => {
    const text = ["dependencies:", "  - numpy=^1", "  - scipy", "  - pip: [-r more.txt]"].join(
      "\n",
    );
    expect(() => translateCondaFile(text, "conda.yml")).toThrow(
      /^conda\.yml:2: "numpy=\^1" has "=\^1", which is not a version\nconda\.yml:4: "-r more\.txt" refers/,
    );
  });
});
