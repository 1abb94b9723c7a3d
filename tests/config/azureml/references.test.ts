import { describe, expect, it } from "@jest/globals";
import { parseReference } from "../../../config/azureml/references";

const ARM =
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/models/flood/versions/3";

const NO_NUMBER =
  "is {value}; its version is not a positive whole number, and Azure takes nothing else as the version of a model; write 1, 2, …, or leave it out to get one from the content";

describe("a reference to a registered asset", () => {
  it.each([
    ["azureml:flood:3", { kind: "workspace", name: "flood", version: "3" }],
    [
      "azureml://registries/r/models/flood/versions/3",
      { kind: "id", id: "azureml://registries/r/models/flood/versions/3" },
    ],
    [ARM, { kind: "id", id: ARM }],
    [`azureml:${ARM}`, { kind: "id", id: ARM }],
  ])("%s is understood", (text, reference) => {
    expect(parseReference(text, "model")).toEqual(reference);
  });

  it("may be the long id that Azure shows, which means an ARM id", () => {
    const long = "azureml://subscriptions/s/resourcegroups/g/workspaces/w/models/flood/versions/3";
    expect(parseReference(long, "model")).toEqual({ kind: "id", id: ARM });
  });

  it.each([
    ["azureml:flood@latest", { kind: "label", name: "flood", label: "latest" }],
    [
      "azureml://registries/r/models/flood/labels/latest",
      { kind: "id", id: "azureml://registries/r/models/flood/labels/latest" },
    ],
    [
      ARM.replace("versions/3", "labels/latest"),
      { kind: "id", id: ARM.replace("versions/3", "labels/latest") },
    ],
  ])("%s is understood only where nothing is deployed", (text, reference) => {
    expect(parseReference(text, "model", true)).toEqual(reference);
    expect(parseReference(text, "model")).toHaveProperty("problem");
  });

  it("may have text as its version where it is no model", () => {
    expect(parseReference("azureml:flood-1.5:2024-01-01", "environment")).toEqual({
      kind: "workspace",
      name: "flood-1.5",
      version: "2024-01-01",
    });
  });

  it("to a model in a registry is left to Azure", () => {
    const id = "azureml://registries/r/models/flood/versions/a";
    expect(parseReference(id, "model")).toEqual({ kind: "id", id });
  });

  it.each([
    [
      "azureml:flood@latest",
      'is {value}; the label "latest" moves, so the same files could deploy different versions: pin a version, azureml:flood:<version>',
    ],
    [
      "azureml://registries/r/models/flood/labels/latest",
      'is {value}; the label "latest" moves, so the same files could deploy different versions: pin a version, azureml://registries/r/models/flood/versions/<version>',
    ],
    ["azureml:flood", "is {value}, which has no version; write azureml:flood:<version>"],
    ["azureml:flood:", "is {value}, which has no version; write azureml:flood:<version>"],
    [
      "azureml:flood:latest",
      "is {value}; its version is a label that moves, not a version; write a number, or leave it out to get one from the content",
    ],
    ["azureml:flood:2024-01-01", NO_NUMBER],
    [`${ARM}a`, NO_NUMBER],
    [
      "azureml://registries/r/environments/flood/versions/3",
      'is {value}, which is under "environments"; a model is under "models"',
    ],
    [
      "azureml://registries/r/models/flood",
      "is {value}; an id in a registry has the form azureml://registries/<registry>/models/<name>/versions/<version>",
    ],
    [
      "/subscriptions/s/resourceGroups/g",
      "is {value}; the ARM id of a model has the form /subscriptions/…/providers/Microsoft.MachineLearningServices/workspaces/<workspace>/models/<name>/versions/<version>",
    ],
    ["flood:3", "is {value}; a registered model is given as azureml:flood:<version>"],
    [
      "./model",
      "is {value}; a local model is given as a mapping, model: {path: …}, and a registered one as azureml:<name>:<version>",
    ],
  ])("%s is refused with the reason", (text, problem) => {
    expect(parseReference(text, "model")).toEqual({ problem });
  });
});
