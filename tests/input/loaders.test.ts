import { execFileSync } from "node:child_process";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { signInOf } from "../../azure/credential";
import { readEndpointDirectory } from "../../config/azureml/directory";
import { yamlLines } from "../../config/yamlLines";
import { settingsIn } from "../../graph/settings";
import { buildFiles } from "../../local/buildContext";
import { loadOrCreateCredentials } from "../../local/endpoint/auth";
import { readRecord, statePaths } from "../../local/endpoint/stateDirectory";
import { recordFile } from "../../rollout/recordFile";
import { readRequest } from "../../rollout/smoke";
import { editYaml } from "../../rollout/yamlEdit";
import { DEPLOYMENT, folderWith, lines, SOUND } from "../config/azureml/harness";

/** What the loader of a name says with a named pipe in the file's place. A loader that waits for a writer never ends. */
async function withPipe(
  name: string,
  read: (file: string, folder: string) => unknown,
): Promise<string> {
  const folder = folderWith({});
  const file = path.join(folder, name);
  execFileSync("mkfifo", [file]);
  try {
    return JSON.stringify(await read(file, folder));
  } catch (error) {
    return (error as Error).message.replaceAll(`${folder}/`, "");
  }
}

const PIPE = "is a named pipe; a file is needed";

describe("a named pipe in the place of a file", () => {
  it.each<[string, string, (file: string, folder: string) => unknown, string]>([
    [
      "the settings of a stack",
      "Pulumi.a.yaml",
      (_, folder) => settingsIn(folder, "a"),
      `Pulumi.a.yaml ${PIPE}`,
    ],
    ["the lines of settings", "Pulumi.a.yaml", (file) => yamlLines(file).lineOf(["a"]), "1"],
    ["the endpoint's YAML that is edited", "e.yml", (file) => editYaml(file, []), `e.yml ${PIPE}`],
    [
      "a sample request",
      "r.json",
      (file) => readRequest(file),
      `there is no request to try the canary with: r.json ${PIPE}. `,
    ],
    ["a rollout's record", "r.jsonl", (file) => recordFile(file).lines(), `r.jsonl ${PIPE}`],
    ["the keys", "k.json", (file) => loadOrCreateCredentials(file), `k.json ${PIPE}`],
    [
      "who runs here",
      "supervisor.json",
      (_, folder) => readRecord(statePaths(folder)),
      `supervisor.json ${PIPE}`,
    ],
    [
      "a build context's conda file",
      "conda.yml",
      (_, folder) => buildFiles(folder),
      `conda.yml ${PIPE}`,
    ],
    [
      "an identity token",
      "token",
      (file) => {
        const environment = { ARM_USE_OIDC: "true", ARM_TENANT_ID: "t", ARM_CLIENT_ID: "c" };
        const signIn = signInOf({ ...environment, ARM_OIDC_TOKEN_FILE_PATH: file });
        return signIn.method === "oidc" ? signIn.assertion() : undefined;
      },
      `token ${PIPE}`,
    ],
  ])("is refused with its path: %s", async (_, name, read, expected) => {
    expect(await withPipe(name, read)).toContain(expected);
  });

  it.each<[string, string]>([
    ["endpoint.yml", `error endpoint.yml:0 ${PIPE}`],
    ["blue-deployment.yml", `error blue-deployment.yml:0 ${PIPE}`],
    [
      "conda.yml",
      'error blue-deployment.yml:11 environment.conda_file: is "conda.yml", which is neither a file nor a folder',
    ],
    [
      "code/.amlignore",
      `error blue-deployment.yml:7 code_configuration.code: is "code", in which ".amlignore" ${PIPE}`,
    ],
    [
      "model/weights.bin",
      'error blue-deployment.yml:5 model.path: is "model", in which "weights.bin" is neither a file nor a folder; remove it',
    ],
  ])("of an endpoint is refused with its path: %s", async (name, expected) => {
    const folder = folderWith(SOUND);
    rmSync(path.join(folder, name), { force: true });
    execFileSync("mkfifo", [path.join(folder, name)]);
    const { problems } = await readEndpointDirectory(folder);
    expect(lines(problems, folder)).toContain(expected);
  });
});

describe("a path in the YAML", () => {
  const deployment = DEPLOYMENT.replace("path: model", "path: data/model");
  const files = { ...SOUND, "blue-deployment.yml": deployment, "data/model/a": "a", "data/b": "b" };

  it.each<[string, string, string, string]>([
    ["a model", "data/model", "model.path", "model"],
    ["a folder around the model", "data", "model.path", "data"],
    ["the code", "code", "code_configuration.code", "code"],
    ["the conda file", "conda.yml", "environment.conda_file", "conda.yml"],
  ])("that is a link out of its folder is refused: %s", async (_, name, key, part) => {
    const folder = folderWith(files);
    const elsewhere = folderWith({
      "model/a": "a",
      "code/score.py": "",
      "conda.yml": "dependencies: [pip]\n",
    });
    rmSync(path.join(folder, name), { recursive: true });
    symlinkSync(
      name === "data" ? elsewhere : path.join(elsewhere, path.basename(name)),
      path.join(folder, name),
    );
    const { problems } = await readEndpointDirectory(folder);
    expect(problems.map((problem) => `${problem.key ?? ""}: ${problem.message}`)).toContainEqual(
      expect.stringMatching(`^${key}: .*"${part}" is a symbolic link that leaves its folder; copy`),
    );
  });

  it("may be a link that stays in its folder", async () => {
    const folder = folderWith(files);
    rmSync(path.join(folder, "data/model"), { recursive: true });
    symlinkSync("b", path.join(folder, "data/model"));
    const { problems } = await readEndpointDirectory(folder);
    expect(lines(problems, folder)).toEqual([]);
  });

  it("of a file that is too large is refused with its size limit", async () => {
    const folder = folderWith(SOUND);
    writeFileSync(path.join(folder, "conda.yml"), `# ${"x".repeat(1024 * 1024)}\n`);
    const { problems } = await readEndpointDirectory(folder);
    expect(lines(problems, folder)).toEqual([
      'error blue-deployment.yml:11 environment.conda_file: is "conda.yml", which is larger than 1 MiB, the most that is read',
      "error conda.yml:0 is larger than 1 MiB, the most that is read",
    ]);
  });
});
