import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readDeploymentFile } from "../../config/azureml";
import { translateCondaFile } from "../../conda/condaPackages";
import { maskText } from "../../secrets/mask";
import { DEPLOYMENT, folderWith, lines, SOUND } from "../config/azureml/harness";

/** Conda files as people write them; pip's rules are of its documentation "Requirements File Format" and "VCS Support". */

async function said(conda: string, deployment = DEPLOYMENT): Promise<string[]> {
  const folder = folderWith({ ...SOUND, "conda.yml": conda, "d.yml": deployment });
  const { problems } = await readDeploymentFile(path.join(folder, "d.yml"), {
    endpointName: "flood",
  });
  return lines(problems, folder);
}

const withPip = (line: string) =>
  `dependencies:\n  - python=3.11\n  - pip:\n      - ${JSON.stringify(line)}\n`;

describe("a password in a conda file is told with its line, and never shown", () => {
  const SECRET = "made0up1pass2word3made4up5pass6w";
  it.each<[string, string, number]>([
    ["the index", withPip(`--index-url https://build:${SECRET}@pkgs.example.com/simple`), 4],
    ["the index by its letter", withPip(`-i https://build:${SECRET}@pkgs.example.com/simple`), 4],
    ["a further index", withPip(`--extra-index-url=https://b:${SECRET}@pkgs.example.com/s`), 4],
    ["a user's place", withPip(`--extra-index-url https://${SECRET}@pkgs.dev.azure.com/o`), 4],
    ["an empty user's place", withPip(`-i https://:${SECRET}@pkgs.dev.azure.com/o/simple`), 4],
    ["a page of links", withPip(`--find-links https://b:${SECRET}@wheels.example.com/`), 4],
    ["a repository", withPip(`dune @ git+https://b:${SECRET}@github.com/contoso/dune.git`), 4],
    ["an editable one", withPip(`-e git+https://b:${SECRET}@github.com/o/d.git#egg=d`), 4],
    ["a signed address", withPip(`https://s.blob.core.windows.net/w/d.whl?sv=1&sig=${SECRET}`), 4],
    ["a channel", `channels:\n  - https://b:${SECRET}@conda.example.com/x\ndependencies: []\n`, 2],
    [
      "a channel's token (Anaconda, /t/<token>/)",
      `channels:\n  - https://conda.anaconda.org/t/co-${SECRET}/contoso\ndependencies: []\n`,
      2,
    ],
    ["a variable", `dependencies: []\nvariables:\n  STORE_PASSWORD: ${SECRET}\n`, 3],
  ])("in %s", async (_what, conda, line) => {
    const found = await said(conda);
    expect(found).toEqual([expect.stringMatching(`^warning conda\\.yml:${line} has what looks`)]);
    expect(found.join() + maskText(conda)).not.toContain(SECRET);
  });

  it("in a conda environment inside the deployment's YAML", async () => {
    const inline = `conda_file: {dependencies: [pip: ["-i https://b:${SECRET}@h.example.com/s"]]}`;
    const found = await said("", DEPLOYMENT.replace("conda_file: conda.yml", inline));
    expect(found).toEqual([
      expect.stringMatching(/^warning d\.yml:11 environment\.conda_file.* looks like a secret/),
    ]);
    expect(found.join()).not.toContain(SECRET);
  });
});

describe("the inference server that an image does not bring", () => {
  const OPENMPI = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20250310.v1";
  const onImage = (image = OPENMPI) => DEPLOYMENT.replace("registry.example.com/base:1.2", image);
  const WHEEL = "https://example.com/azureml_inference_server_http-1.5.1-py3-none-any.whl";
  const REPOSITORY = "git+https://github.com/microsoft/azureml-inference-server.git";

  it.each<[string, string | undefined, string, boolean]>([
    ["its own name", OPENMPI, "azureml-inference-server-http==1.5.1", false],
    ["its name spelt as a module", OPENMPI, "azureml_inference_server_http>=1.4", false],
    ["its name with a marker", OPENMPI, "azureml-inference-server-http; python_version>'3'", false],
    ["its name with extras", OPENMPI, "AzureML-Defaults[x]~=1.59", false],
    ["a wheel", OPENMPI, WHEEL, false],
    ["a named wheel", OPENMPI, `azureml-inference-server-http @ ${WHEEL}`, false],
    ["its repository", OPENMPI, `${REPOSITORY}#egg=azureml-inference-server-http`, false],
    [
      "its repository, editable",
      OPENMPI,
      `-e ${REPOSITORY}@v1#egg=azureml_inference_server_http`,
      false,
    ],
    ["another package of Azure ML", OPENMPI, "azureml-core==1.59", true],
    ["a package whose name begins so", OPENMPI, "azureml-inference-server-http-extras", true],
    ["a comment", OPENMPI, "numpy # azureml-inference-server-http", true],
    ["another image without it", "mcr.microsoft.com/azureml/base:intelmpi2018.3", "numpy", true],
    [
      "an image for inference",
      "mcr.microsoft.com/azureml/minimal-ubuntu22.04-py39-cpu-inference:1",
      "numpy",
      false,
    ],
  ])("is told unless %s has it", async (_what, image, line, isWarned) => {
    const conda = withPip(line);
    const found = await said(conda, onImage(image));
    expect(found).toEqual(
      isWarned
        ? [expect.stringMatching(/^warning d\.yml:11 environment\.conda_file: has no azure/)]
        : [],
    );
    const added = translateCondaFile(conda).requirements.filter((one) => one !== line);
    expect(added).toEqual(
      isWarned || image !== OPENMPI ? ["azureml-inference-server-http==1.5.1"] : [],
    );
  });

  it("is told of a conda environment inside the deployment's YAML", async () => {
    const inline = onImage().replace(
      "conda_file: conda.yml",
      "conda_file: {dependencies: [numpy]}",
    );
    expect(await said("", inline)).toEqual([
      expect.stringMatching(/^warning d\.yml:11 .*has no azureml-inf/),
    ]);
  });
});

describe("a pip line that needs a file beside the conda file", () => {
  it.each([
    ...["-r requirements.txt", "-rrequirements.txt", "--requirement=requirements.txt"],
    ...[
      "--requirement ../requirements.txt",
      "-c constraints.txt",
      "--constraint=./constraints.txt",
    ],
    ...["-e .", "-e ./package", "--editable=package", ".[onnx]", "./package", "package/"],
    ...["dist/dune-1.0-py3-none-any.whl", "dune-1.0-py3-none-any.whl", "dune-1.0.tar.gz"],
    ...["..\\package", "~/package", "file:./dune.whl", "dune @ file:///dune.whl"],
    ...["--find-links wheels", "-f ./wheels", "--find-links=wheels"],
  ])("is refused at its line: %s", async (line) => {
    expect(await said(withPip(line))).toEqual([
      expect.stringMatching(/^error conda\.yml:4 .* refers to a file; Azure gets the conda file/),
    ]);
    expect(() => translateCondaFile(withPip(line))).toThrow("conda file:4: ");
  });

  it("is told at its own line, and not at a comment that has its words", () => {
    const conda = `# without -r more.txt\n${withPip("-r more.txt")}`;
    expect(() => translateCondaFile(conda)).toThrow("conda file:5: ");
  });

  it.each(["-e https://example.com/dune.zip", "--editable=https://example.com/dune-1.0.whl"])(
    "is none, and editable: %s",
    async (line) => {
      expect((await said(withPip(line))).join()).toContain("is editable, which pip takes of");
    },
  );
});

describe("a pip line with an address", () => {
  it.each([
    "-e git+https://github.com/contoso/dune.git@v1#egg=dune",
    "--editable git+ssh://git@github.com/contoso/dune.git#egg=dune",
    "-e hg+https://example.com/dune#egg=dune",
    "-e svn+https://example.com/dune/trunk#egg=dune",
    "git+https://github.com/contoso/dune.git@main#subdirectory=package&egg=dune",
    "dune @ git+https://github.com/contoso/dune.git@1f3c2ab",
    "dune[onnx] @ https://example.com/dune-1.0-py3-none-any.whl",
    "https://example.com/dune-1.0.tar.gz#sha256=00",
    "-r https://example.com/requirements.txt",
    "--requirement=https://example.com/requirements.txt",
    "-c https://example.com/constraints.txt",
    "--find-links https://example.com/wheels/",
    // In the image that the environment is built on.
    ...["--find-links /opt/wheels", "-f/opt/wheels"],
    "numpy==1.26.4 --hash=sha256:00/00 # of the lock file, see docs/lock",
    "numpy; platform_machine == 'x86_64' # a/b",
  ])("is taken, here and at render: %s", async (line) => {
    expect(await said(withPip(line))).toEqual([]);
    expect(translateCondaFile(withPip(line)).requirements[0]).toBe(line);
  });
});
