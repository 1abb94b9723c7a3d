import { describe, expect, it } from "@jest/globals";
import { join } from "node:path";
import { readEndpointDirectory } from "../../../config/azureml";
import { deploymentPlaces } from "../../../config/azureml/fileLines";
import { folderWith } from "./harness";

/** Folders whose names the Azure CLI takes from its command line, in a run on this machine and elsewhere. */

const REST =
  "model:\n  path: m.onnx\nenvironment:\n  image: mcr.microsoft.com/a:1\n  conda_file: conda.yml\n" +
  "code_configuration:\n  code: code\n  scoring_script: score.py\ninstance_type: Standard_DS3_v2\ninstance_count: 1\n";
const SCHEMA = "$schema: https://azuremlschemas.azureedge.net/latest/managedOnline";

async function read(endpoint: string | undefined, endpointNames: readonly string[], local = true) {
  const deployments = endpointNames.map((line, index) => [
    `d${index}.yml`,
    `${SCHEMA}Deployment.schema.json\nname: blue${index}\n${line}${REST}`,
  ]);
  const directory = folderWith({
    "m.onnx": "",
    "code/score.py": "",
    "conda.yml": "dependencies:\n  - pip:\n      - azureml-inference-server-http==1.5.1\n",
    ...(endpoint === undefined
      ? {}
      : { "endpoint.yml": `${SCHEMA}Endpoint.schema.json\n${endpoint}auth_mode: aad_token\n` }),
    ...(Object.fromEntries(deployments) as Record<string, string>),
  });
  const { definition, problems } = await readEndpointDirectory(directory, { isLocalRun: local });
  const told = problems
    .filter(({ key }) => key !== "traffic")
    .map(({ file, line, severity, key, message }) =>
      [severity, file.replace(directory, "DIR"), line, key, message].join(" | "),
    );
  return { name: definition?.name, authMode: definition?.authMode, told };
}

const belongs = (file: number, value: string, name: string) =>
  `warning | DIR/d${file}.yml | 3 | endpoint_name | is "${value}"; on this machine the deployment belongs to ${name}`;

describe("names from the command line", () => {
  it("may differ on this machine, where the endpoint of the folder counts", async () => {
    const { name, authMode, told } = await read("name: flood\n", ["endpoint_name: other\n"]);
    expect([name, authMode]).toEqual(["flood", "AADToken"]);
    expect(told).toEqual([belongs(0, "other", "flood")]);
  });

  it.each(["<endpoint_name>", "{{ENDPOINT_NAME}}", "YOUR_ENDPOINT_NAME"])(
    "may be left open as %s",
    async (open) => {
      const { name, told } = await read("name: flood\n", [`endpoint_name: "${open}"\n`, ""]);
      expect([name, told]).toEqual(["flood", [belongs(0, open, "flood")]]);
    },
  );

  it("of the endpoint itself may be missing or open", async () => {
    const wanted = ["endpoint_name: river\n", ""];
    const missing = await read("", wanted);
    expect([missing.name, missing.told]).toEqual([
      "river",
      ["warning | DIR/endpoint.yml | 1 | name | is missing; on this machine the endpoint is river"],
    ]);
    const open = await read('name: "{{NAME}}"\n', wanted);
    expect([open.name, open.told]).toEqual([
      "river",
      [
        'warning | DIR/endpoint.yml | 2 | name | is "{{NAME}}"; on this machine the endpoint is river',
      ],
    ]);
  });

  it("may be those of an endpoint without a file", async () => {
    const note = (name: string) =>
      `warning | DIR |  |  | has no endpoint file; on this machine the endpoint is ${name}, with auth_mode: key`;
    const stated = await read(undefined, ["endpoint_name: river\n"]);
    expect([stated.name, stated.authMode, stated.told]).toEqual(["river", "Key", [note("river")]]);
    const open = await read(undefined, [""]);
    expect([open.name, open.told]).toEqual(["local-endpoint", [note("local-endpoint")]]);
  });

  it("are checked where something is deployed", async () => {
    expect((await read("name: flood\n", ["endpoint_name: other\n"], false)).told).toEqual([
      'error | DIR/d0.yml | 3 | endpoint_name | is "other"; the endpoint in this folder is "flood"',
    ]);
    expect((await read(undefined, ["endpoint_name: river\n"], false)).told).toEqual([
      expect.stringMatching(/^error \| DIR .* has deployments but no endpoint file/),
    ]);
    expect((await read("", ["endpoint_name: river\n"], false)).told).toEqual(
      expect.arrayContaining([expect.stringMatching(/^error \| DIR\/endpoint.yml \| 1 \| name/)]),
    );
  });

  it.each([
    ["mlflow-deployment.yml", "mlflow"],
    ["online_deployment.yaml", "online"],
    ["deployment.yml", "deployment"],
    ["1.yml", "deployment"],
  ])("of a deployment are from its file: %s has %s", async (file, name) => {
    const directory = folderWith({
      "endpoint.yml": "name: flood\nauth_mode: key\n",
      [file]: `${SCHEMA}Deployment.schema.json\nmodel: azureml:m:1\ninstance_type: Standard_DS3_v2\ninstance_count: 1\n`,
    });
    const { definition, problems } = await readEndpointDirectory(directory, { isLocalRun: true });
    expect(definition?.deployments.map((one) => one.name)).toEqual([name]);
    expect(problems.find(({ key }) => key === "name")?.message).toBe(
      `is missing; on this machine the deployment is ${name}`,
    );
    const places = await deploymentPlaces(directory);
    expect(places.get(name)?.at(["model"])).toBe(`${join(directory, file)}:2`);
    const elsewhere = await readEndpointDirectory(directory);
    expect(elsewhere.definition).toBeUndefined();
  });

  it("are not taken where they are wrong in themselves", async () => {
    const { name, told } = await read("name: flood_1\n", ["endpoint_name: river\n"]);
    expect(name).toBeUndefined();
    expect(told[0]).toMatch(/^error \| DIR\/endpoint.yml \| 2 \| name \| is "flood_1", which/);
    const deployment = await read("name: flood\n", ["endpoint_name: 5\n"]);
    expect(deployment.told).toEqual([expect.stringMatching(/^error \| DIR\/d0.yml \| 3 /)]);
  });
});
