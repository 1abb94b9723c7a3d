import { describe, expect, it } from "@jest/globals";
import { nameAndVersion, referenceOf, referencesOf } from "../../../local/registered/reference";

const WORKSPACE =
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w";
const REGISTRY = "azureml://registries/r/models/m/versions/1";

describe("a reference that is typed", () => {
  it.each([
    ["m:1", "m:1"],
    ["azureml:m:1", "m:1"],
    ["azureml:my-model_1.5@latest", "my-model_1.5@latest"],
    [` ${REGISTRY} `, REGISTRY],
    [`${WORKSPACE}/models/m/versions/1`, `${WORKSPACE}/models/m/versions/1`],
    [`azureml:${WORKSPACE}/models/m/versions/1`, `${WORKSPACE}/models/m/versions/1`],
    [
      "azureml://subscriptions/s/resourcegroups/g/workspaces/w/models/m/versions/1",
      `${WORKSPACE}/models/m/versions/1`,
    ],
    ["azureml://datastores/d/paths/models/m", "azureml://datastores/d/paths/models/m"],
    ["runs:/abc/model", "runs:/abc/model"],
  ])("%s is kept as %s", (typed, kept) => {
    expect(referenceOf(typed, "model")).toBe(kept);
  });

  it.each([
    "mcr.microsoft.com/azureml/minimal-py312-inference:latest",
    "registry.example:5000/env:1",
    `team/env@sha256:${"a".repeat(64)}`,
  ])("of an environment may be the image %s", (image) => {
    expect(referenceOf(image, "environment")).toBe(image);
    expect(() => referenceOf(image, "model")).toThrow("names no registered model");
  });

  it.each([
    ["m", "model"],
    ["./model", "model"],
    ["m:1:2", "model"],
    ["../m:1", "model"],
    ["azureml:", "model"],
    ["azureml://registries/r/environments/m/versions/1", "model"],
    [REGISTRY, "environment"],
    [`${WORKSPACE}/models/m`, "model"],
    ["azureml://datastores/d/paths/models/m", "environment"],
    ["../env.yml", "environment"],
    ["./env.yml", "environment"],
  ] as const)("%s names no %s", (typed, kind) => {
    expect(() => referenceOf(typed, kind)).toThrow(`"${typed}" names no registered ${kind}`);
  });
});

describe("an id that a deployment declares", () => {
  const id = `${WORKSPACE}/models/m/versions/1`;

  it("is found by name and version in the stack's own workspace, whatever the case", () => {
    expect(referencesOf(id, WORKSPACE.toUpperCase())).toEqual(["m:1", id]);
    const label = `${WORKSPACE}/models/m/labels/latest`;
    expect(referencesOf(label, WORKSPACE)).toEqual(["m@latest", label]);
  });

  it("is found by itself anywhere else", () => {
    expect(referencesOf(id, `${WORKSPACE}2`)).toEqual([id]);
    expect(referencesOf(REGISTRY, WORKSPACE)).toEqual([REGISTRY]);
  });

  it.each([
    [id, "m", "1"],
    [REGISTRY, "m", "1"],
    [`${WORKSPACE}/models/m/labels/latest`, "m", "latest"],
    ["azureml://jobs/j/outputs/artifacts/paths/model/", "model", "1"],
  ])("%s is mounted below its name and version", (text, name, version) => {
    expect(nameAndVersion(text)).toEqual({ name, version });
  });
});
