import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readDeploymentFile, readEndpointFile } from "../../../config/azureml";
import { fileErrorCode, fileProblem } from "../../../input/fileProblems";
import { DEPLOYMENT, ENDPOINT, folderWith, SOUND } from "./harness";

const FULL_ENDPOINT = `${ENDPOINT}auth_mode: key
identity:
  type: user_assigned
  user_assigned_identities:
    - resource_id: /subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/u
mirror_traffic:
  green: 10
tags:
  a: b
`;

const FULL_DEPLOYMENT = `${DEPLOYMENT}liveness_probe:
  period: 10
request_settings:
  request_timeout_ms: 5000
scale_settings:
  type: default
environment_variables:
  A: b
data_collector:
  collections:
    request:
      enabled: true
      data:
        version: 1
`;

const UNEXPECTED_VALUES = [
  "",
  "5",
  "-1",
  "1.5",
  "true",
  "~",
  "[]",
  "[1]",
  "{}",
  "{a: {b: [c]}}",
  '""',
  "*x",
  "&x y",
  "é",
];

/** Each line left out, and each value replaced by each unexpected one. */
function variants(text: string): string[] {
  const all = text.trimEnd().split("\n");
  return all.flatMap((line, index) => {
    const replaced = (by: readonly string[]) =>
      [...all.slice(0, index), ...by, ...all.slice(index + 1)].join("\n");
    const key = /^[\s-]*[\w$]+:/.exec(line)?.[0] ?? line;
    return [replaced([]), ...UNEXPECTED_VALUES.map((value) => replaced([`${key} ${value}`]))];
  });
}

describe("a file with anything in it", () => {
  it.each([
    ["endpoint", FULL_ENDPOINT, (file: string) => Promise.resolve(readEndpointFile(file))],
    ["deployment", FULL_DEPLOYMENT, readDeploymentFile],
  ] as const)(
    "read as %s gives a value or an error with a line, and never throws",
    async (_, text, read) => {
      const folder = folderWith(SOUND);
      const file = path.join(folder, "x.yml");
      for (const variant of variants(text)) {
        writeFileSync(file, variant);
        const { value, problems } = await read(file);
        const errors = problems.filter(({ severity }) => severity === "error");
        expect({ variant, hasValue: value !== undefined }).toEqual({
          variant,
          hasValue: errors.length === 0,
        });
        expect(errors.filter(({ line }) => line === undefined)).toEqual([]);
      }
    },
  );
});

describe("a file-system error", () => {
  it.each([
    ["EACCES", "cannot be read; check its permissions"],
    ["ELOOP", "is a symbolic link that points back to itself"],
    ["EIO", "cannot be read (EIO)"],
  ])("%s is put into words", (code, words) => {
    expect(fileProblem(Object.assign(new Error("x"), { code }))).toBe(words);
  });

  it("is told from a bug, which is not swallowed", () => {
    const bug = new TypeError("bug");
    expect(fileErrorCode(bug)).toBeUndefined();
    expect(() => fileProblem(bug)).toThrow(bug);
  });
});
