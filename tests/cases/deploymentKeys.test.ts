import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readDeploymentFile, readEndpointDirectory, readEndpointFile } from "../../config/azureml";
import { egressProblems } from "../../config/network";
import { registryProblems } from "../../config/registryRights";
import { DEPLOYMENT, ENDPOINT, folderWith, lines, SOUND } from "../config/azureml/harness";

/** Deployments' YAML as people write it. Sources of the rules stand beside them in config/azureml. */

const IMAGE = "registry.example.com/base:1.2";
const CONDA = `environment:\n  image: ${IMAGE}\n  conda_file: conda.yml\n`;

const changed = (from: string, to: string) => {
  if (!DEPLOYMENT.includes(from)) throw new Error(`nothing to replace: ${from}`);
  return DEPLOYMENT.replace(from, to);
};

async function read(text: string, more: Readonly<Record<string, string>> = {}) {
  const folder = folderWith({ ...SOUND, ...more, "d.yml": text });
  const result = await readDeploymentFile(path.join(folder, "d.yml"), { endpointName: "flood" });
  return { ...result, said: lines(result.problems, folder) };
}

describe("an image in a registry from which the endpoint's identity may not pull", () => {
  const DIGEST = `@sha256:${"a".repeat(64)}`;
  it.each<[string, string | undefined]>([
    ["otherteam.azurecr.io/dune/serve:1.4", "otherteam.azurecr.io"],
    [`otherteam.azurecr.io/serve${DIGEST}`, "otherteam.azurecr.io"],
    ["otherteam-a1b2c3d4e5f6a7b8.azurecr.io/serve:1", "otherteam-a1b2c3d4e5f6a7b8.azurecr.io"],
    ["otherteam.azurecr.io:443/serve:1", "otherteam.azurecr.io"],
    ["otherteam.azurecr.cn/serve:1", "otherteam.azurecr.cn"],
    ["otherteam.azurecr.us/serve:1", "otherteam.azurecr.us"],
    ["own.azurecr.io.example.com/serve:1", undefined],
    ["own.azurecr.io/dune/serve:1.4", undefined],
    ["mcr.microsoft.com/azureml/minimal-py312-inference:1", undefined],
    ["ghcr.io/contoso/serve:1", undefined],
    ["docker.io/library/python:3.12", undefined],
    ["contoso/azurecr.io:1", undefined],
  ])("%s: %s", async (image, registry) => {
    const folder = folderWith({ ...SOUND, "blue-deployment.yml": changed(IMAGE, image) });
    const { definition } = await readEndpointDirectory(folder);
    const found = lines(registryProblems(definition!, "own"), folder);
    expect(found).toEqual(
      registry === undefined
        ? []
        : [
            expect.stringMatching(
              `^warning blue-deployment\\.yml:10 environment\\.image: is in the registry ${registry}: .*AcrPull`,
            ),
          ],
    );
  });
});

describe("an environment in a file of its own", () => {
  const ENV = `image: ${IMAGE}\nconda_file: own.yml\n`;
  const OWN = "dependencies: [python=3.11]\n";
  it.each<[string, Readonly<Record<string, string>>, string | undefined]>([
    ["file:env.yml", { "env.yml": ENV, "own.yml": OWN }, undefined],
    ["file:./env.yaml", { "env.yaml": ENV, "own.yml": OWN }, undefined],
    ['"file:./a/b/env.yml"', { "a/b/env.yml": ENV, "a/b/own.yml": OWN }, undefined],
    ["file:a/../env.yml", { "env.yml": ENV, "own.yml": OWN, "a/x": "" }, undefined],
    [
      "file:env.yml",
      {
        "env.yml": `$schema: environment.schema.json\nname: e\nversion: 3\n${ENV}`,
        "own.yml": OWN,
      },
      undefined,
    ],
    [
      "file:env.yml",
      { "env.yml": `image: ${IMAGE}\nconda_file: {dependencies: [pip]}\n` },
      undefined,
    ],
    [
      "file:env.yml",
      {},
      'error d.yml:9 environment: is "file:env.yml", an environment file that does not exist',
    ],
    [
      "file:a",
      { "a/x": "" },
      'error d.yml:9 environment: is "file:a", a folder; the environment file must be a file',
    ],
    ["file:env.yml", { "env.yml": ENV }, "error env.yml:2 conda_file"],
    [
      "file:env.yml",
      { "env.yml": `${ENV}image: x\n`, "own.yml": OWN },
      "error env.yml:3 image: is written twice",
    ],
    ["file:env.yml", { "env.yml": OWN }, "error env.yml:1 dependencies"],
    ["file:env.yml", { "env.yml": "image: [\n" }, "error env.yml:"],
    ["file:env.yml", { "env.yml": "" }, "error env.yml:0 is empty"],
  ])("%s with %j", async (reference, files, problem) => {
    const { said, value } = await read(changed(CONDA, `environment: ${reference}\n`), files);
    if (problem === undefined) {
      expect(said).toEqual([]);
      expect(value?.environment).toMatchObject({ kind: "inline", image: IMAGE });
    } else {
      expect(value).toBeUndefined();
      expect(
        said[0]?.replace("environment.conda", "conda").replace("environment.dep", "dep"),
      ).toContain(problem);
    }
  });
});

describe("a key in the wrong place is sent to the right one, or to none", () => {
  it.each<[string, RegExp]>([
    [
      "liveness_probe: {initial_delay: 10, path: /}",
      /path is environment\.inference_config\.liveness_route\.path$/,
    ],
    ["readiness_probe: {scheme: http}", /is not a known key(?!.*belongs)/],
    ["startup_probe: {path: /}", /path is environment\.inference_config\.startup_route\.path$/],
    ["startup_probe: {port: 1}", /port is environment\.inference_config\.startup_route\.port$/],
    ["scale_settings: {type: default, path: x}", /is not a known key(?!.*belongs)/],
    ["request_settings: {name: x}", /is not a known key(?!.*belongs)/],
    ["request_settings: {timeout: 5}", /is not a known key(?!.*belongs)/],
    ["id: azureml:x", /is not a known key(?!.*belongs)|Azure reports/],
    ["location: westeurope", /Azure|is not a known key(?!.*belongs)/],
    ["kind: Managed", /is what Azure reports, not a setting; it is ignored$/],
    ["version: 1", /is not a known key(?!.*belongs)/],
    ["path: ./model", /is not a known key(?!.*belongs)/],
    ["scoring_script: score.py", /it belongs under "code_configuration"$/],
    ["conda_file: conda.yml", /it belongs under "environment"$/],
    ["request_timeout_ms: 5", /it belongs under "request_settings"$/],
  ])("%s", async (text, message) => {
    expect((await read(`${DEPLOYMENT}${text}\n`)).said[0]).toMatch(message);
  });

  it.each<[string, RegExp]>([
    ["type: online", /it is of an older CLI/],
    ["kind: Managed", /is what Azure reports, not a setting; it is ignored$/],
    ["instance_count: 1", /is not a known key(?!.*under)/],
    ["resource_id: x", /is not a known key/],
  ])("of an endpoint: %s", (text, message) => {
    const folder = folderWith({ "e.yml": `${ENDPOINT}${text}\n` });
    const { problems } = readEndpointFile(path.join(folder, "e.yml"));
    expect(lines(problems, folder)[0]).toMatch(message);
  });
});

describe("a model's stage, and what else azure-ai-ml takes", () => {
  it.each<[string, object]>([
    ["stage: Production", { stage: "Production" }],
    ["stage: Staging", { stage: "Staging" }],
    ["stage: Archived", { stage: "Archived" }],
    ['stage: "1"', { stage: "1" }],
    ["stage: Development\n  version: 3", { stage: "Development", version: "3" }],
    ["name: dune\n  version: '1'\n  stage: Production", { name: "dune", stage: "Production" }],
    ["type: custom_model\n  stage: None", { stage: "None" }],
    ["description: x\n  stage: Production", { description: "x", stage: "Production" }],
    ["flavors: {sklearn: {version: 1.5}}", { flavors: { sklearn: { version: "1.5" } } }],
    ["$schema: model.schema.json\n  stage: Prod", { stage: "Prod" }],
  ])("%s", async (text, expected) => {
    const { said, value } = await read(changed("path: model\n", `path: model\n  ${text}\n`));
    expect(said).toEqual([]);
    expect(value?.model).toMatchObject(expected);
  });

  it("that is no text is refused with its line", async () => {
    const { said } = await read(changed("path: model\n", "path: model\n  stage: [a]\n"));
    expect(said).toEqual([expect.stringMatching(/^error d\.yml:6 model\.stage: is a list/)]);
  });
});

describe("a placeholder in a variable is told as one, and as no secret", () => {
  it.each([
    ...["__STORE__", "__STORE_KEY_2__", "{{STORE}}", "{{ store_key }}", "${STORE}", "$(Store.Key)"],
    ...["#{STORE}#", "#{Store.Key}", "<STORE>", "<your-key>", "YOUR_KEY", "CHANGEME", "TODO"],
    ...["store-place-holder", "__store_key__"],
  ])("%s", async (text) => {
    const variables = `environment_variables:\n  STORE_PASSWORD: ${JSON.stringify(text)}\n`;
    const { said } = await read(DEPLOYMENT + variables);
    expect(said).toEqual([
      expect.stringMatching(
        /^(?:error|warning) d\.yml:15 environment_variables\.STORE_PASSWORD: .* placeholder/,
      ),
    ]);
  });

  it.each([
    "Hello {{ name }}, how are you?",
    "SELECT $1 WHERE a < b AND c > d",
    "${A}/${B}/x",
    "a__B__c",
  ])("is not one in a template of its own: %s", async (text) => {
    const { said } = await read(
      `${DEPLOYMENT}environment_variables: {GREETING: ${JSON.stringify(text)}}\n`,
    );
    expect(said).toEqual([]);
  });
});

describe("egress_public_network_access", () => {
  const MODES = ["Disabled", "AllowInternetOutbound", "AllowOnlyApprovedOutbound"] as const;
  it.each(
    MODES.flatMap((mode) =>
      [undefined, "enabled", "Enabled", "disabled"].map((access) => [mode, access] as const),
    ),
  )("in a workspace of isolation mode %s: %s", async (mode, access) => {
    const text = access === undefined ? "" : `egress_public_network_access: ${access}\n`;
    const { said, value } = await read(DEPLOYMENT + text);
    expect(said).toEqual(
      access === undefined
        ? []
        : [expect.stringMatching(/^warning d\.yml:14 egress_public_network/)],
    );
    const errors = egressProblems(mode, [value!]).map(({ severity, line }) => [severity, line]);
    expect(errors).toEqual(mode !== "Disabled" && access === "disabled" ? [["error", 14]] : []);
  });
});
