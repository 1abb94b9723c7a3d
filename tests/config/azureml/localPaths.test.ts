import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { localPaths } from "../../../config/azureml/localPaths";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "paths-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function deployment(name: string, lines: readonly string[]): void {
  const head = [
    "$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineDeployment.schema.json",
    `name: ${name}`,
  ];
  writeFileSync(join(folder, `${name}.yml`), [...head, ...lines, ""].join("\n"));
}

it("names what the deployments' YAML names on this machine, there or not, each once", async () => {
  deployment("blue", [
    "model: {path: ../model}",
    "code_configuration: {code: code, scoring_script: score.py}",
    "environment: {image: mcr.microsoft.com/x:1, conda_file: ./conda.yml}",
  ]);
  deployment("green", [
    "model: /srv/model.onnx",
    "code_configuration: {code: code, scoring_script: score.py}",
    "environment: {build: {path: context}}",
  ]);
  expect([...(await localPaths(folder))].sort()).toEqual(
    ["code", "conda.yml", "context", "../model"]
      .map((path) => join(folder, path))
      .concat("/srv/model.onnx")
      .sort(),
  );
});

it("leaves out what is in Azure, and reads past files that are no YAML", async () => {
  deployment("blue", [
    "model: azureml:one:1",
    "environment: /subscriptions/1/resourceGroups/rg/x",
    "code_configuration: {code: azureml://registries/x/codes/y/versions/1}",
  ]);
  deployment("green", ["model: {path: https://example.org/model}", "environment: [1]"]);
  writeFileSync(join(folder, "broken.yml"), "a: [");
  expect(await localPaths(folder)).toEqual([]);
  expect(await localPaths(join(folder, "missing"))).toEqual([]);
});
