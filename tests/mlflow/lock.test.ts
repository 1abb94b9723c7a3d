import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { IMAGE_PYTHON } from "../../mlflow/host";
import { lockHead, lockInput, lockOrigin } from "../../mlflow/lock";
import { writeLock } from "../../mlflow/writeLock";
import { folderWith } from "../config/azureml/harness";

const conda = (python: string, pip = "scikit-learn==1.7.0") =>
  `dependencies:\n  - ${python}\n  - pip:\n      - ${pip}\n`;

describe("what the lock of an MLflow model is made from", () => {
  it("is the conda file's packages with those of the server", () => {
    expect(lockInput(conda("python=3.11"), "conda.yaml")).toMatchObject({
      requirements: ["scikit-learn==1.7.0", "mlflow", "azureml-inference-server-http==1.5.1"],
      warnings: [],
    });
  });

  it.each([
    ["python=3.11.9", "3.11"],
    ["python>=3.9", IMAGE_PYTHON],
    ["python", IMAGE_PYTHON],
    ["python=3.12.4", "3.12"],
    ["python>=3.12,<3.14", "3.12"],
    ["python<3.11", "3.10"],
  ])("of %s is for Python %s", (python, chosen) => {
    expect(lockInput(conda(python), "conda.yaml").python).toBe(chosen);
  });

  it("has no Python that no image could have", () => {
    expect(() => lockInput(conda("python=3.8.5"), "conda.yaml")).toThrow(
      "conda.yaml:2: asks for Python =3.8.5; the image can have 3.10 to 3.13",
    );
  });

  it("is in the lock's first line, unless another program made the lock", () => {
    const { python, hash } = lockInput(conda("python=3.11"), "conda.yaml");
    expect(lockOrigin(`${lockHead({ python, hash })}mlflow==3.1.0\n`)).toEqual({ python, hash });
    expect(lockOrigin("mlflow==3.1.0 --hash=sha256:0\n")).toBeUndefined();
  });

  it("changes with a package and not with a comment", () => {
    const hashOf = (text: string) => lockInput(text, "conda.yaml").hash;
    expect(hashOf(`# Ours.\n${conda("python=3.11")}`)).toBe(hashOf(conda("python=3.11")));
    expect(hashOf(conda("python=3.11", "scikit-learn==1.7.1"))).not.toBe(
      hashOf(conda("python=3.11")),
    );
  });
});

describe("the image's Python", () => {
  it("is that of the base image which the Dockerfile names", () => {
    const dockerfile = readFileSync(join(__dirname, "../../scoring/Dockerfile"), "utf8");
    expect(dockerfile).toContain(`\nARG BASE_IMAGE=python:${IMAGE_PYTHON}-slim`);
  });
});

describe("npm run mlflow:lock", () => {
  it("refuses a folder that has no MLflow model", () => {
    const folder = folderWith({ "model.pkl": "" });
    expect(() => writeLock(folder)).toThrow(
      `${folder} has no file MLmodel, so it is no MLflow model.`,
    );
  });
});
