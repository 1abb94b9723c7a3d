import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readEndpointDirectory } from "../../../config/azureml";
import { DEPLOYMENT, ENDPOINT, folderWith, lines, SOUND } from "./harness";

async function read(files: Readonly<Record<string, string | Buffer>>) {
  const folder = folderWith(files);
  const result = await readEndpointDirectory(folder);
  return { ...result, said: lines(result.problems, folder) };
}

/** The sound folder with some files changed; `undefined` takes a file away. */
async function readChanged(changes: Readonly<Record<string, string | Buffer | undefined>>) {
  const files = Object.entries({ ...SOUND, ...changes }).filter(([, text]) => text !== undefined);
  return read(Object.fromEntries(files) as Record<string, string | Buffer>);
}

const named = (name: string, more = "") => DEPLOYMENT.replace("name: blue", `name: ${name}`) + more;

const ROUTE_ADVICE =
  "is missing, so no deployment gets requests and callers get 404 (unless they name a deployment); to route them, add:";

describe("a folder with an endpoint and its deployments", () => {
  it("is read whole, deployments in the order of their names, without a problem", async () => {
    const { definition, problems } = await readChanged({ "a.yaml": named("green") });
    expect(problems).toEqual([]);
    expect(definition?.name).toBe("flood");
    expect(definition?.traffic).toEqual({ blue: 100, green: 0 });
    expect(definition?.mirrorTraffic).toEqual({});
    expect(definition?.deployments.map(({ name, file }) => [name, path.basename(file)])).toEqual([
      ["blue", "blue-deployment.yml"],
      ["green", "a.yaml"],
    ]);
  });

  it("may leave endpoint_name to the one endpoint file", async () => {
    const { definition, problems } = await readChanged({
      "blue-deployment.yml": DEPLOYMENT.replace("endpoint_name: flood\n", ""),
    });
    expect(problems).toEqual([]);
    expect(definition?.deployments[0]?.model).toMatchObject({
      name: expect.stringMatching(/^flood-blue-model-[0-9a-f]{16}$/) as unknown,
      version: "1",
    });
  });

  it("may not write one version of a model or an environment with two contents", async () => {
    const versioned = (name: string, file: string) =>
      named(name)
        .replace("  path: model", `  name: m\n  version: 1\n  path: ${file}`)
        .replace(
          "  image: registry.example.com/base:1.2",
          `  name: e\n  version: 2\n  image: base:${name}`,
        );
    const { definition, said } = await readChanged({
      "blue-deployment.yml": versioned("blue", "model"),
      "green.yml": versioned("green", "other"),
      "other/weights.bin": "other weights",
    });
    expect(definition).toBeUndefined();
    const advice = "give it another version or name, or leave the version out";
    expect(said).toEqual([
      `error green.yml:6 model.version: is "1" of "m" with other content than in blue-deployment.yml; ${advice}`,
      `error green.yml:13 environment.version: is "2" of "e" with other content than in blue-deployment.yml; ${advice}`,
    ]);
  });

  it("may share a version with the same content", async () => {
    const versioned = (name: string) =>
      named(name).replace("  path: model", "  name: m\n  version: 1\n  path: model");
    const { problems } = await readChanged({
      "blue-deployment.yml": versioned("blue"),
      "green.yml": versioned("green"),
    });
    expect(problems).toEqual([]);
  });

  it("without traffic gets explicit zeros and a warning with the line to add", async () => {
    const sample = path.join(__dirname, "fixtures", "sample");
    const { definition, problems } = await readEndpointDirectory(sample);
    expect(definition?.traffic).toEqual({ blue: 0, green: 0 });
    expect(lines(problems, sample)).toEqual([
      'warning blue-deployment-with-registered-assets.yml:2 is left out: "blue" is also declared in blue-deployment.yml, which is named after it',
      `warning endpoint.yml:1 traffic: ${ROUTE_ADVICE} traffic: {blue: 100, green: 0}`,
      'warning green-deployment-with-registered-assets.yml:2 is left out: "green" is also declared in green-deployment.yml, which is named after it',
    ]);
    expect(definition?.deployments.map(({ file }) => path.basename(file))).toEqual([
      "blue-deployment.yml",
      "green-deployment.yml",
    ]);
  });

  it("ignores files that are something else, and folders below", async () => {
    const { problems, definition } = await readChanged({
      "env.yml": "name: e\nimage: x\n",
      "model.yml": "$schema: https://x/model.schema.json\nname: m\nversion: {{V}}\npath: p\n",
      "k8s.yaml": "apiVersion: v1\nkind: Service\n",
      "batch.yml": "$schema: https://x/batchDeployment.schema.json\nendpoint_name: x\n",
      "package.yml":
        "$schema: http://azureml/sdk-2-0/ModelVersionPackage.json\ntarget_environment: x\n",
      "twice.yml": "channels: []\nchannels: []\n",
      "sub/endpoint.yml": ENDPOINT,
      "README.md": "",
    });
    expect(problems).toEqual([]);
    expect(definition).toBeDefined();
  });

  it("warns of a file in which nothing can be recognised, readable or not", async () => {
    const { said, definition } = await readChanged({
      "notes.yml": "- buy milk\n",
      "broken.yml": "a: [1\n",
    });
    expect(said).toEqual([
      "warning broken.yml:2 has a [ before this line without its ]",
      "warning notes.yml:1 is left out: it can be recognised neither as an endpoint nor as a deployment; if it is one, add a $schema that ends in managedOnlineEndpoint.schema.json or managedOnlineDeployment.schema.json",
    ]);
    expect(definition).toBeDefined();
  });
});

describe("a folder that cannot be read as an endpoint", () => {
  it("does not exist, or is a file", async () => {
    const folder = folderWith({ file: "" });
    const missing = await readEndpointDirectory(path.join(folder, "none"));
    expect(missing).toEqual({
      problems: [{ file: path.join(folder, "none"), severity: "error", message: "does not exist" }],
    });
    const file = await readEndpointDirectory(path.join(folder, "file"));
    expect(file.problems.map(({ message }) => message)).toEqual([
      "is not a folder; give the folder with the YAML",
    ]);
  });

  it.each<[string, Readonly<Record<string, string | Buffer | undefined>>, string[]]>([
    [
      "has no YAML",
      { "endpoint.yml": undefined, "blue-deployment.yml": undefined },
      ["error :0 has no YAML of an Azure ML online endpoint in it"],
    ],
    [
      "has no endpoint file",
      { "endpoint.yml": undefined, "green.yml": named("green") },
      [
        'error :0 has deployments but no endpoint file; add endpoint.yml with the line "name: flood" and a $schema that ends in managedOnlineEndpoint.schema.json',
      ],
    ],
    [
      "has no endpoint file and deployments of two endpoints",
      { "endpoint.yml": undefined, "green.yml": named("green").replace("flood", "fire") },
      [
        "error :0 has deployments but no endpoint file; add endpoint.yml with the endpoint's name and a $schema that ends in managedOnlineEndpoint.schema.json",
      ],
    ],
    [
      "has two endpoint files",
      { "other.yml": ENDPOINT.replace("flood", "fire") },
      ["error :0 has 2 endpoint files (endpoint.yml, other.yml); keep one per folder"],
    ],
    [
      "has no deployment",
      { "blue-deployment.yml": undefined },
      [
        "error :0 has an endpoint but no deployment; add a deployment file, its $schema ending in managedOnlineDeployment.schema.json",
      ],
    ],
    ["has an empty file", { "green.yml": "" }, ["error green.yml:0 is empty"]],
    [
      "has a broken deployment, which is then not called missing",
      { "blue-deployment.yml": "endpoint_name: flood\n\tname: blue\n" },
      ["error blue-deployment.yml:2 is indented with a tab; YAML takes spaces only"],
    ],
    [
      "has a misspelt $schema",
      { "green.yml": named("green").replace("OnlineDeployment", "OnlineDeploiment") },
      [
        'error green.yml:1 $schema: is "https://azuremlschemas.azureedge.net/latest/managedOnlineDeploiment.schema.json"; did you mean "…/managedOnlineDeployment.schema.json"?',
      ],
    ],
    [
      "has a deployment under the endpoint's $schema",
      { "green.yml": named("green").replace("OnlineDeployment", "OnlineEndpoint") },
      [
        'error green.yml:1 $schema: is "https://azuremlschemas.azureedge.net/latest/managedOnlineEndpoint.schema.json"; did you mean "…/managedOnlineDeployment.schema.json"?',
      ],
    ],
    [
      "has a file called a deployment in which none can be recognised",
      { "green-deployment.yml": "name: green\n" },
      [
        "error green-deployment.yml:1 is left out: it can be recognised neither as an endpoint nor as a deployment; if it is one, add a $schema that ends in managedOnlineEndpoint.schema.json or managedOnlineDeployment.schema.json",
      ],
    ],
    [
      "has Kubernetes files",
      {
        "k1.yml": "$schema: https://x/kubernetesOnlineDeployment.schema.json\nname: k\n",
        "k2.yml": "$schema: https://x/kubernetesOnlineEndpoint.schema.json\nname: k\n",
      },
      [
        "error k1.yml:1 is for an online endpoint on Kubernetes; this project deploys managed online endpoints only",
        "error k2.yml:1 is for an online endpoint on Kubernetes; this project deploys managed online endpoints only",
      ],
    ],
    [
      "has a key twice",
      { "endpoint.yml": `${ENDPOINT}name: fire\n` },
      ["error endpoint.yml:5 name: is written twice in the same mapping; keep one"],
    ],
    [
      "splits the traffic wrongly",
      { "endpoint.yml": ENDPOINT.replace("100", "90") },
      [
        "error endpoint.yml:3 traffic: sums to 90 (blue 90); must sum to 100, or to 0 for no traffic at all",
      ],
    ],
    [
      "names an undeclared deployment",
      { "endpoint.yml": ENDPOINT.replace("blue", "bleu") },
      [
        'error endpoint.yml:4 traffic.bleu: is not a deployment in this folder (there: blue); did you mean "blue"?',
      ],
    ],
    [
      "has malformed traffic, and nothing is concluded from it",
      { "endpoint.yml": ENDPOINT.replace("100", "all") },
      [
        'error endpoint.yml:4 traffic.blue: is "all"; must be a whole number from 0 to 100 (percent of the requests)',
      ],
    ],
    [
      "declares a deployment in several files, none or two of them named after it",
      { "v2.yml": DEPLOYMENT, "blue.yml": DEPLOYMENT },
      ["blue-deployment.yml", "blue.yml", "v2.yml"].map(
        (file) =>
          `error ${file}:2 name: is "blue", which several files declare (blue-deployment.yml, blue.yml, v2.yml); name one of them blue-deployment.yml, or give each its own name`,
      ),
    ],
    [
      "mirrors to the deployment with the live traffic",
      { "endpoint.yml": `${ENDPOINT}mirror_traffic: {blue: 10}\n` },
      [
        "error endpoint.yml:5 mirror_traffic.blue: has 100 % of the live traffic too; a deployment gets live or mirrored requests, not both",
      ],
    ],
  ])("%s", async (_, changes, expected) => {
    const { said, definition } = await readChanged(changes);
    expect(said).toEqual(expected);
    expect(definition).toBeUndefined();
  });

  it("has more deployments than Azure allows", async () => {
    const more = Array.from({ length: 20 }, (_, index) => `green-${index}`);
    const files = Object.fromEntries(more.map((name) => [`${name}.yml`, named(name)]));
    expect((await readChanged(files)).said).toEqual([
      "error :0 has 21 deployments; an endpoint can have 20",
    ]);
    const { "green-0.yml": _, ...fewer } = files;
    expect((await readChanged(fewer)).said).toEqual([]);
  });

  it("tells the problems of all files at once", async () => {
    const { said } = await readChanged({
      "endpoint.yml": `${ENDPOINT}auth_mode: none\n`,
      "green.yml": named("green", "colour: red\n").replace(
        "instance_count: 1",
        "instance_count: 0",
      ),
      "blue-deployment.yml": DEPLOYMENT.replace("path: model", "path: gone"),
    });
    expect(said).toEqual([
      'error blue-deployment.yml:5 model.path: is "gone", a custom model that does not exist; paths are relative to this file',
      'error endpoint.yml:5 auth_mode: is "none"; must be one of key, aml_token, aad_token',
      "error green.yml:13 instance_count: is 0; must be a whole number from 1 to 50 (instances; Azure runs 1 to 50 per deployment)",
      "error green.yml:14 colour: is not a known key",
    ]);
  });
});
