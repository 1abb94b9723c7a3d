import { realpathSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readEndpointDirectory } from "../../../config/azureml";
import { imageBuild } from "../../../config/production/imageBuild";
import { releaseId } from "../../../config/release";
import { lockHead, lockInput } from "../../../mlflow/lock";
import { folderWith } from "../azureml/harness";

/** Does not prove that the Dockerfile builds; tests/container does. */

const MLMODEL = "flavors:\n  python_function:\n    env: conda.yaml\n";
const conda = (python = "3.11.9", pip = "scikit-learn==1.7.0") =>
  `dependencies:\n  - python=${python}\n  - pip:\n      - ${pip}\n`;
const lockOf = (text: string, package_ = "mlflow==3.1.0") =>
  `${lockHead(lockInput(text, "conda.yaml"))}${package_}\n`;
const MODEL = { MLmodel: MLMODEL, "conda.yaml": conda(), "requirements.lock": lockOf(conda()) };
const OWN_CONDA = conda("3.11.9", "xgboost==3.0.2");
const ENVIRONMENT = "environment:\n  image: mcr.microsoft.com/a:1\n  conda_file: own.yaml\n";

type Files = Readonly<Record<string, string | undefined>>;

/** The build of a deployment with these lines, whose model has these files. */
async function built(model: Files, lines = "", hasOwnBase = false) {
  const files: Record<string, string> = {
    "flood/endpoint.yml": "name: flood\nauth_mode: aad_token\n",
    "flood/blue.yml":
      "name: blue\nendpoint_name: flood\nmodel:\n  path: ../models/gauges\n  type: mlflow_model\n" +
      `instance_type: Standard_DS3_v2\ninstance_count: 1\n${lines}`,
    "flood/own.yaml": OWN_CONDA,
    "src/score.py": "",
  };
  for (const [name, text] of Object.entries(model)) {
    if (text !== undefined) files[`models/gauges/${name}`] = text;
  }
  const context = realpathSync(folderWith(files));
  const { definition, problems } = await readEndpointDirectory(join(context, "flood"));
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  const [deployment] = definition!.deployments;
  const { build, problems: ofBuild } = imageBuild(deployment!, context, hasOwnBase);
  const told = ofBuild.map(({ line, key, message }) => `${line} ${key}: ${message}`);
  return { server: build?.server, told, release: releaseId(deployment!) };
}

const AGAIN = "npm run mlflow:lock -- scoring/models/gauges";

describe("the image of an MLflow model without a scoring script", () => {
  it("is served by MLflow with the packages of its lock", async () => {
    const { server, told } = await built(MODEL);
    expect(told).toEqual([]);
    const lock = "models/gauges/requirements.lock";
    expect(server).toEqual({ kind: "mlflow", lock, python: "3.11" });
  });

  it("has Azure's server, and takes no other", async () => {
    const variables = (server: string) => `environment_variables:\n  SCORING_SERVER: ${server}\n`;
    expect((await built(MODEL, variables("azmlinfsrv"))).told).toEqual([]);
    expect((await built(MODEL, variables("scorehost"))).told).toEqual([
      '9 environment_variables.SCORING_SERVER: is "scorehost", and the packages of an MLflow model have azmlinfsrv alone; remove it',
    ]);
  });

  it("has the packages of the deployment's own environment, where it has one", async () => {
    const files = { ...MODEL, "requirements.lock": lockOf(OWN_CONDA) };
    expect((await built(files, ENVIRONMENT)).told).toEqual([]);
    expect((await built(MODEL, ENVIRONMENT)).told).toEqual([
      `4 model.path: has a requirements.lock that was made from other packages than those of environment.conda_file; make it anew: ${AGAIN} --conda-file FILE`,
    ]);
  });

  it.each([
    [
      "no lock",
      { "requirements.lock": undefined },
      `is an MLflow model without requirements.lock, which says what the image installs; make it: ${AGAIN}`,
    ],
    [
      "a lock that another program made",
      { "requirements.lock": "mlflow==3.1.0\n" },
      `has a requirements.lock that another program made, so it is unknown what it is for; make it anew: ${AGAIN}`,
    ],
    [
      "a lock of former packages",
      { "conda.yaml": conda("3.11.9", "scikit-learn==1.7.1") },
      `has a requirements.lock that was made from other packages than those of the model's conda.yaml; make it anew: ${AGAIN}`,
    ],
    [
      "another Python than the image",
      { "conda.yaml": conda("3.12.4"), "requirements.lock": lockOf(conda("3.12.4")) },
      "needs Python 3.12 (the model's conda.yaml), and the image has 3.11; save the model with Python 3.11, or name an image with Python 3.12 in mlscore:image.baseImage",
    ],
    [
      "a Python that no image has",
      { "conda.yaml": conda("3.7.0"), "requirements.lock": "" },
      "is an MLflow model: conda.yaml:2: asks for Python =3.7.0; the image can have 3.10 to 3.13",
    ],
  ])("is refused with %s", async (_what, files, message) => {
    const { server, told } = await built({ ...MODEL, ...files });
    expect([server, told]).toEqual([undefined, [`4 model.path: ${message}`]]);
  });

  it("is refused with packages that nobody can list", async () => {
    const model = { ...MODEL, "conda.yaml": undefined };
    const { told } = await built(model);
    expect(told).toEqual([
      expect.stringContaining("the model has neither conda.yaml nor requirements.txt"),
    ]);
    const registered = await built(MODEL, "environment: azureml:env:1\n");
    const image = await built(MODEL, "environment:\n  image: mcr.microsoft.com/a:1\n");
    expect([registered.told, image.told].flat()).toEqual([
      expect.stringMatching(/^8 environment: is a registered one, so the packages are not known/),
      expect.stringMatching(/^8 environment: has no conda_file, so the packages are not known/),
    ]);
  });

  it("may have another Python on another base image", async () => {
    const files = { "conda.yaml": conda("3.12.4"), "requirements.lock": lockOf(conda("3.12.4")) };
    const { server } = await built({ ...MODEL, ...files }, "", true);
    expect(server).toMatchObject({ python: "3.12" });
  });

  it("is refused with a scoring script beside the MLflow model", async () => {
    const code = "code_configuration:\n  code: ../src\n  scoring_script: score.py\n";
    const { told } = await built(MODEL, `${code}${ENVIRONMENT}`);
    expect(told).toEqual([
      expect.stringMatching(
        /^8 code_configuration: is given, and so is an MLflow model: the image runs either/,
      ),
    ]);
  });

  it("is another release with another lock", async () => {
    const one = await built(MODEL);
    const other = await built({ ...MODEL, "requirements.lock": lockOf(conda(), "mlflow==3.1.1") });
    expect(other.release).not.toBe(one.release);
    expect((await built(MODEL)).release).toBe(one.release);
  });
});
