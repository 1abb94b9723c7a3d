import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "@jest/globals";
import type { Problem } from "../../../errors";

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new folder with these files; removed after the suite. */
export function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), "azureml-"));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return folder;
}

/** Problems in the order of file and line, a line each, without the folder's own path. */
export function lines(problems: readonly Problem[], folder: string): string[] {
  const place = ({ file, line = 0 }: Problem) => [path.relative(folder, file), line] as const;
  return [...problems]
    .sort((a, b) => {
      const [fileA, lineA] = place(a);
      const [fileB, lineB] = place(b);
      return fileA === fileB ? lineA - lineB : fileA < fileB ? -1 : 1;
    })
    .map((problem) => {
      const [file, line] = place(problem);
      const key = problem.key === undefined ? "" : ` ${problem.key}:`;
      return `${problem.severity} ${file}:${line}${key} ${problem.message}`;
    });
}

export const ENDPOINT = `$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineEndpoint.schema.json
name: flood
traffic:
  blue: 100
`;

export const DEPLOYMENT = `$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineDeployment.schema.json
name: blue
endpoint_name: flood
model:
  path: model
code_configuration:
  code: code
  scoring_script: score.py
environment:
  image: registry.example.com/base:1.2
  conda_file: conda.yml
instance_type: Standard_DS3_v2
instance_count: 1
`;

/** A folder in which nothing is wrong. */
export const SOUND: Readonly<Record<string, string>> = {
  "endpoint.yml": ENDPOINT,
  "blue-deployment.yml": DEPLOYMENT,
  "conda.yml": "dependencies:\n  - python=3.12\n",
  "model/weights.bin": "weights",
  "code/score.py": "def init(): ...\n",
};
