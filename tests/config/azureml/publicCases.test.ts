import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readDeploymentFile } from "../../../config/azureml";
import { DEPLOYMENT, folderWith, lines, SOUND } from "./harness";

/** What people have written in public deployments, and what is right for it. */

const CONDA = "environment:\n  image: registry.example.com/base:1.2\n  conda_file: conda.yml\n";

async function read(text: string, more: Readonly<Record<string, string>> = {}) {
  const folder = folderWith({ ...SOUND, ...more, "d.yml": text });
  const result = await readDeploymentFile(path.join(folder, "d.yml"), { endpointName: "flood" });
  return { ...result, said: lines(result.problems, folder) };
}

const changed = (from: string, to: string) => {
  if (!DEPLOYMENT.includes(from)) throw new Error(`nothing to replace: ${from}`);
  return DEPLOYMENT.replace(from, to);
};

describe("a conda file", () => {
  it("that names a file for pip is refused with its own line", async () => {
    const text = "dependencies:\n  - python=3.12\n  - pip:\n    - -r more.txt\n    - --user\n";
    const { said, value } = await read(DEPLOYMENT, { "conda.yml": text });
    expect(value).toBeUndefined();
    expect(said).toEqual([
      expect.stringMatching(/^error conda\.yml:4 "-r more\.txt" refers to a file; Azure gets/),
      expect.stringMatching(/^error conda\.yml:5 "--user" is an option that pip does not take/),
    ]);
  });

  it("with what conda and pip take is taken", async () => {
    const text = [
      "dependencies:",
      '  - "python>=3.9,<3.11"',
      "  - numpy[build=py311*]",
      "  - scipy 1.10.*|1.11.*",
      "  - pip:",
      "    - -e git+https://github.com/contoso/dune.git@v1#egg=dune",
      "    - -r https://example.com/requirements.txt",
    ].join("\n");
    expect((await read(DEPLOYMENT, { "conda.yml": text })).said).toEqual([]);
  });

  it("with a version that conda does not understand is refused with its line", async () => {
    const text = "dependencies:\n  - numpy=^1.2\n";
    expect((await read(DEPLOYMENT, { "conda.yml": text })).said).toEqual([
      'error conda.yml:2 "numpy=^1.2" has "=^1.2", which is not a version',
    ]);
  });

  const onImage = (image: string) => changed("registry.example.com/base:1.2", image);
  const OPENMPI = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20250310.v1";

  it.each([
    ["an image without it", OPENMPI, "dependencies:\n  - numpy\n", true],
    [
      "an inference image",
      "mcr.microsoft.com/azureml/minimal-py312-inference:1",
      "dependencies: [numpy]",
      false,
    ],
    ["an image of one's own", "registry.example.com/base:1.2", "dependencies: [numpy]", false],
    [
      "a conda file with it",
      OPENMPI,
      "dependencies: [{pip: [azureml-inference-server-http]}]",
      false,
    ],
    [
      "a conda file with what needs it",
      OPENMPI,
      "dependencies: [{pip: [azureml-defaults==1.5]}]",
      false,
    ],
  ])("is warned of a missing inference server: %s", async (_what, image, conda, isWarned) => {
    const { said } = await read(onImage(image), { "conda.yml": conda });
    expect(said).toEqual(
      isWarned
        ? [expect.stringMatching(/^warning d\.yml:11 environment\.conda_file: has no azureml-inf/)]
        : [],
    );
  });
});

describe("an environment in a file of its own", () => {
  const REFERENCE = changed(CONDA, "environment: file:./env/env.yml\n");

  it("is read, with its paths relative to that file", async () => {
    const { said, value } = await read(REFERENCE, {
      "env/env.yml": "name: dune-env\nimage: registry.example.com/base:1.2\nconda_file: own.yml\n",
      "env/own.yml": "dependencies: [python=3.11]\n",
    });
    expect(said).toEqual([]);
    expect(value?.environment).toMatchObject({
      kind: "inline",
      name: "dune-env",
      image: "registry.example.com/base:1.2",
      condaFile: "dependencies: [python=3.11]\n",
    });
  });

  it("has its problems at its own lines", async () => {
    const { said } = await read(REFERENCE, {
      "env/env.yml": "name: dune-env\nimagee: registry.example.com/base:1.2\n",
    });
    expect(said[0]).toMatch(/^error env\/env\.yml:2 environment\.imagee: is not a known key/);
  });

  it("that is missing is said at the reference", async () => {
    const { said } = await read(REFERENCE);
    expect(said).toEqual([
      expect.stringMatching(/^error d\.yml:\d+ environment: .*does not exist/),
    ]);
  });
});

describe("the concurrency of a deployment", () => {
  const with4 = (more: string) =>
    `${DEPLOYMENT}request_settings: {max_concurrent_requests_per_instance: 4}\n${more}`;

  it.each([
    ["no worker count", "", "the server has one worker"],
    ["too small a one", 'environment_variables: {WORKER_COUNT: "2"}\n', "the server has 2 workers"],
    ["the same one", 'environment_variables: {WORKER_COUNT: "4"}\n', undefined],
  ])("is compared with %s", async (_what, more, words) => {
    const { said } = await read(with4(more));
    expect(said).toEqual(words === undefined ? [] : [expect.stringContaining(words)]);
  });
});

describe("a model", () => {
  it("has the stage that is written", async () => {
    const { said, value } = await read(
      changed("path: model\n", "path: model\n  stage: Production\n"),
    );
    expect(said).toEqual([]);
    expect(value?.model).toMatchObject({ stage: "Production" });
  });
});

describe("an unknown key", () => {
  it.each([
    ["liveness_probe: {path: /}", /path is environment\.inference_config\.liveness_route\.path$/],
    ["readiness_probe: {port: 1}", /port is environment\.inference_config\.readiness_route\.port$/],
    ["scale_settings: {type: default, name: x}", /is not a known key(?!.*belongs)/],
    ["request_settings: {period: 5}", /is not a known key(?!.*belongs)/],
  ])("is sent only to a place that is right: %s", async (text, message) => {
    const { said } = await read(`${DEPLOYMENT}${text}\n`);
    expect(said[0]).toMatch(message);
  });

  it("that Azure reports is called that", async () => {
    const { said } = await read(changed("path: model\n", "path: model\n  id: azureml:dune:1\n"));
    expect(said).toEqual([
      expect.stringContaining("model.id: is not a known key; it is what Azure reports"),
    ]);
  });
});
