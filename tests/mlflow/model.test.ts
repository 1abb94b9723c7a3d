import { describe, expect, it } from "@jest/globals";
import { mlflowEnvironment } from "../../mlflow/model";
import { folderWith } from "../config/azureml/harness";

const PYFUNC = "flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n";
const CONDA = "dependencies:\n  - python=3.12\n";

describe("the environment of an MLflow model", () => {
  it.each([
    ["a conda file by its name", `${PYFUNC}    env: my.yaml\n`, { "my.yaml": CONDA }, "my.yaml"],
    [
      "one of two kinds",
      `${PYFUNC}    env:\n      conda: conda.yaml\n      virtualenv: python_env.yaml\n`,
      { "conda.yaml": CONDA, "requirements.txt": "mlflow\n" },
      "conda.yaml",
    ],
    ["a conda file that is not named", PYFUNC, { "conda.yaml": CONDA }, "conda.yaml"],
  ])("is %s", (_what, MLmodel, files, path) => {
    const folder = folderWith({ MLmodel, ...(files as Record<string, string>) });
    expect(mlflowEnvironment(folder)).toEqual({ condaFile: CONDA, path });
  });

  it.each([
    ["of its python_env.yaml", { "python_env.yaml": "python: 3.11.7\n" }, ["python=3.11.7"]],
    ["of its MLmodel", {}, ["python=3.12.1"]],
  ])("is its requirements without a conda file, with the Python %s", (_what, files, python) => {
    const folder = folderWith({
      MLmodel: `${PYFUNC}    python_version: 3.12.1\n`,
      "requirements.txt": "# made by MLflow\nmlflow==3.1.0\n\nnumpy==2.3.1\n",
      ...(files as Record<string, string>),
    });
    const { condaFile, path } = mlflowEnvironment(folder);
    expect(path).toBe("requirements.txt");
    expect(JSON.parse(condaFile)).toEqual({
      dependencies: [...python, { pip: ["mlflow==3.1.0", "numpy==2.3.1"] }],
    });
  });

  it.each([
    ["no pyfunc flavor", { MLmodel: "flavors:\n  sklearn: {}\n" }, "has no flavor python_function"],
    ["no packages", { MLmodel: PYFUNC }, "neither conda.yaml nor requirements.txt"],
    ["a broken MLmodel", { MLmodel: "a: [\n" }, "MLmodel:"],
  ])("is refused with %s", (_what, files, words) => {
    const folder = folderWith(files);
    expect(() => mlflowEnvironment(folder)).toThrow(words);
  });
});
