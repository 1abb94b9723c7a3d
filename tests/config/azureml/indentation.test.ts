import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readDeploymentFile } from "../../../config/azureml";
import { DEPLOYMENT, folderWith, lines } from "./harness";

/** Keys that are indented too little, so that they are keys of the file and not of their section. */

const YAML = `${DEPLOYMENT}request_settings:
  max_concurrent_requests_per_instance: 1
  request_timeout_ms: 1000
environment_variables:
  LEVEL: debug
data_collector:
  collections: {model_inputs: {enabled: "True"}}
  rolling_rate: hour
`;

async function problems(yaml: string): Promise<string[]> {
  const folder = folderWith({
    "d.yml": yaml,
    "model/m": "",
    "code/score.py": "def init(): pass\ndef run(raw_data): pass",
    "conda.yml": "dependencies: [python=3.11, {pip: [azureml-inference-server-http]}]",
  });
  return lines((await readDeploymentFile(path.join(folder, "d.yml"))).problems, folder);
}

describe("a key that is indented too little", () => {
  it("is one of YAML without a problem otherwise", async () => {
    expect(await problems(YAML)).toEqual([]);
  });

  // Each the last of its section: another one after it would be a fault of YAML.
  it.each([
    ["scoring_script", 8, "code_configuration"],
    ["conda_file", 11, "environment"],
    ["request_timeout_ms", 16, "request_settings"],
    ["rolling_rate", 21, "data_collector"],
  ])("is told its section, and not that the section lacks it: %s", async (key, line, section) => {
    expect(await problems(YAML.replace(`\n  ${key}:`, `\n${key}:`))).toEqual([
      `error d.yml:${line} ${key}: is not a known key; it belongs under "${section}"`,
    ]);
  });
});
