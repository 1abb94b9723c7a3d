import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { deploymentPlaces } from "../../../config/azureml/fileLines";
import { runOnEmulator, type EmulatorRun } from "../../../emulator/onEmulator";
import { deployable, type Deployable } from "../../../local/deployable";
import { referenceOf } from "../../../local/registered/reference";
import { folderWith } from "../../config/azureml/harness";
import { sandboxSettings, SUBSCRIPTION } from "../../stacks";

/**
 * Deployments in the shapes of the public repository Azure/azureml-examples (cli/endpoints/online) that name registered
 * assets, as they stand there, each with the references that its user names a folder or a conda file for.
 *
 * It does not prove that their models answer.
 */

const CODE = "code_configuration:\n  code: code\n  scoring_script: score.py\n";
const INLINE = "environment:\n  image: registry.example.com/base:1.2\n  conda_file: conda.yml\n";
const OTHER = "resourceGroups/other/providers/Microsoft.MachineLearningServices/workspaces/w2";

interface Shape {
  readonly yaml: string;
  readonly models?: Readonly<Record<string, "weights" | "mlflow">>;
  readonly environments?: readonly string[];
  /** End of AZUREML_MODEL_DIR and what is in it. */
  readonly mounted: readonly [end: string, entry: string];
  readonly isMlflow?: true;
}

const SHAPES: Readonly<Record<string, Shape>> = {
  "custom-model": {
    yaml: `model: azureml:infschema:1\n${CODE}${INLINE}`,
    models: { "infschema:1": "weights" },
    mounted: ["infschema/1", "weights"],
  },
  "registered-assets": {
    yaml: `model: azureml:my-model:1\n${CODE}environment: azureml:my-env:1\n`,
    models: { "my-model:1": "weights" },
    environments: ["my-env:1"],
    mounted: ["my-model/1", "weights"],
  },
  "other-version": {
    yaml: `model: azureml:my-model:2\n${CODE}environment: azureml:my-env:1\n`,
    models: { "my-model:2": "weights" },
    mounted: ["my-model/2", "weights"],
  },
  "image-alone": {
    yaml: `model: azureml:power-gen:1\n${CODE}environment:\n  image: registry.example.com/repo/deploy-env:v1\negress_public_network_access: disabled\n`,
    models: { "power-gen:1": "weights" },
    environments: ["registry.example.com/repo/deploy-env:v1"],
    mounted: ["power-gen/1", "weights"],
  },
  "curated-environment": {
    yaml: `model:\n  path: weights\n${CODE}environment: azureml://registries/azureml/environments/sklearn-1.5/labels/latest\n`,
    environments: ["azureml://registries/azureml/environments/sklearn-1.5/labels/latest"],
    mounted: ["1", "weights"],
  },
  "labelled-assets": {
    yaml: `model: azureml:regression@latest\nenvironment: azureml:regression-env@latest\n${CODE}`,
    models: { "regression@latest": "weights" },
    environments: ["regression-env@latest"],
    mounted: ["regression/latest", "weights"],
  },
  "mlflow-registered": {
    yaml: "model: azureml:heart-classifier-mlflow@latest\n",
    models: { "heart-classifier-mlflow@latest": "mlflow" },
    mounted: ["heart-classifier-mlflow/latest", "mlflow"],
    isMlflow: true,
  },
  "mlflow-local": {
    yaml: "model:\n  name: ncd-model\n  version: 2\n  path: mlflow\n  type: mlflow_model\n",
    mounted: ["ncd-model/2", "mlflow"],
    isMlflow: true,
  },
  "mlflow-in-registry": {
    yaml: "model: azureml://registries/azureml/models/bert/versions/6\n",
    models: { "azureml://registries/azureml/models/bert/versions/6": "mlflow" },
    mounted: ["bert/6", "mlflow"],
    isMlflow: true,
  },
  "other-workspace": {
    yaml: `model: azureml:/subscriptions/${SUBSCRIPTION}/${OTHER}/models/far/versions/3\n${CODE}${INLINE}`,
    models: { [`/subscriptions/${SUBSCRIPTION}/${OTHER}/models/far/versions/3`]: "weights" },
    mounted: ["far/3", "weights"],
  },
  "long-id": {
    yaml: `model: azureml://subscriptions/${SUBSCRIPTION}/resourceGroups/rg/workspaces/w3/models/long/versions/4\n${CODE}${INLINE}`,
    models: {
      [`azureml://subscriptions/${SUBSCRIPTION}/resourcegroups/rg/workspaces/w3/models/long/versions/4`]:
        "weights",
    },
    mounted: ["long/4", "weights"],
  },
  "datastore-path": {
    yaml: `model:\n  path: azureml://datastores/workspaceblobstore/paths/models/flood\n${CODE}${INLINE}`,
    models: { "azureml://datastores/workspaceblobstore/paths/models/flood": "weights" },
    mounted: ["flood/1", "weights"],
  },
  "job-output": {
    yaml: "model:\n  path: azureml://jobs/quiet_frog/outputs/artifacts/paths/model/\n  type: mlflow_model\n",
    models: { "azureml://jobs/quiet_frog/outputs/artifacts/paths/model/": "mlflow" },
    mounted: ["model/1", "mlflow"],
    isMlflow: true,
  },
};

const names = Object.keys(SHAPES);
const HEAD = (name: string) =>
  `name: ${name}\nendpoint_name: flood\ninstance_type: Standard_DS3_v2\ninstance_count: 1\n`;

function directoryWithShapes(): string {
  const files = names.map((name) => [
    `${name}-deployment.yml`,
    `${HEAD(name)}${SHAPES[name]!.yaml}`,
  ]);
  return folderWith({
    "endpoint.yml": "name: flood\nauth_mode: key\n",
    // An environment that a model was packaged into has nothing that runs without its image.
    "packaged-deployment.yml": `${HEAD("packaged")}environment: azureml:regression-pkg:1\n`,
    "conda.yml": "dependencies:\n  - python=3.12\n",
    "weights/weights.bin": "weights",
    "code/score.py": "def init(): ...\n",
    "mlflow/MLmodel":
      "flavors:\n  python_function:\n    env:\n      conda: conda.yaml\n    loader_module: mlflow.sklearn\n",
    "mlflow/conda.yaml": "dependencies:\n  - python=3.11\n  - pip:\n      - mlflow==3.1.0\n",
    ...(Object.fromEntries(files) as Record<string, string>),
  });
}

describe("an endpoint of registered models", () => {
  let directory: string;
  let run: EmulatorRun;
  beforeAll(async () => {
    directory = directoryWithShapes();
    const settings = sandboxSettings({ endpointDirectory: directory });
    run = await runOnEmulator("sandbox", settings, [], {}, true);
  });

  const read = async (known: boolean): Promise<Deployable> => {
    const places = await deploymentPlaces(directory);
    const pathsOf = (key: "models" | "environments") =>
      new Map(
        Object.values(SHAPES).flatMap((shape) =>
          key === "models"
            ? Object.entries(shape.models ?? {}).map(([one, path]) => [
                referenceOf(one, "model"),
                join(directory, path),
              ])
            : (shape.environments ?? []).map((one) => [one, join(directory, "conda.yml")]),
        ) as [string, string][],
      );
    return deployable(run.created, folderWith({}), {
      registered: {
        stack: "sandbox",
        model: known ? pathsOf("models") : new Map(),
        environment: known ? pathsOf("environments") : new Map(),
        code: new Map(),
      },
      placeOf: (name, key) => places.get(name)?.at(key.split(".")).replace(directory, "DIR"),
    });
  };

  it("runs in 13 of 14 shapes with the folders that were named, each mounted as Azure does", async () => {
    const { spec, leftOut } = await read(true);
    expect(leftOut).toEqual([
      "DIR/packaged-deployment.yml:1: packaged: it has no scoring script (a custom container); that needs Azure or Docker",
    ]);
    const mounted = spec.deployments.map(({ name, modelDirectory = "", mlflowModel, ...rest }) => {
      const entry = SHAPES[name]!.mounted[1];
      expect(readdirSync(modelDirectory)).toEqual([entry]);
      expect(rest.condaFile).toContain("python=3.1");
      expect(existsSync(join(rest.codeDirectory, rest.scoringScript))).toBe(true);
      return [name, modelDirectory.split("azureml-models/")[1], mlflowModel];
    });
    const wanted = names.map((name) => {
      const { mounted, isMlflow } = SHAPES[name]!;
      return [
        name,
        expect.stringMatching(new RegExp(`(^|/)${mounted[0]}$`)),
        isMlflow ? mounted[1] : undefined,
      ];
    });
    expect(mounted).toEqual(
      wanted.sort(([one], [other]) => (String(one) < String(other) ? -1 : 1)),
    );
  });

  it("is told the file, the line and both ways for each that is missing", async () => {
    const { spec, leftOut } = await read(false);
    expect(spec.deployments.map(({ name }) => name)).toEqual(["mlflow-local"]);
    const command = "npm run local --";
    expect(leftOut).toHaveLength(17);
    expect(leftOut).toEqual(
      expect.arrayContaining([
        `DIR/custom-model-deployment.yml:5: custom-model: its model azureml:infschema:1 is in Azure and not on this machine; name its file or folder once: ${command} model add infschema:1 PATH, or fetch it from the workspace: ${command} model add infschema:1 --azure`,
        `DIR/curated-environment-deployment.yml:10: curated-environment: its environment azureml://registries/azureml/environments/sklearn-1.5/labels/latest is in Azure and not on this machine; name its conda file once: ${command} environment add azureml://registries/azureml/environments/sklearn-1.5/labels/latest CONDA_FILE`,
        `DIR/mlflow-in-registry-deployment.yml:5: mlflow-in-registry: its model azureml://registries/azureml/models/bert/versions/6 is in Azure and not on this machine; name its file or folder once: ${command} model add azureml://registries/azureml/models/bert/versions/6 PATH`,
        `DIR/datastore-path-deployment.yml:5: datastore-path: its model azureml://datastores/workspaceblobstore/paths/models/flood is in Azure and not on this machine; name its file or folder once: ${command} model add azureml://datastores/workspaceblobstore/paths/models/flood PATH`,
      ]),
    );
  });

  it("names the conda file of the model or of the environment where something is wrong with it", async () => {
    const { condaFiles } = await read(true);
    const named = [...condaFiles].map(([name, file]) => [name, basename(file)]);
    expect(Object.fromEntries(named)).toMatchObject({
      "registered-assets": "conda.yml",
      "mlflow-local": "conda.yaml",
      "mlflow-registered": "conda.yaml",
    });
    expect(condaFiles.has("custom-model")).toBe(false);
  });
});
