import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { endpointNameProblems } from "../../../config/production/endpointName";
import type { OnlineEndpointDefinition } from "../../../config/types";

/** Does not prove that Kubernetes takes the name. */

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "endpoint-"));
  writeFileSync(join(folder, "endpoint.yml"), "auth_mode: key\n\nname: x\n");
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const problemsOf = (name: string) =>
  endpointNameProblems({
    name,
    file: join(folder, "endpoint.yml"),
  } as unknown as OnlineEndpointDefinition);

describe("the endpoint's name as a namespace", () => {
  it.each(["flood", "default-flood", "kubernetes", "system-flood", "a".repeat(32)])(
    "may be %s",
    (name) => {
      expect(problemsOf(name)).toEqual([]);
    },
  );

  it("is told with file and line", () => {
    expect(problemsOf("Flood")).toEqual([
      {
        file: join(folder, "endpoint.yml"),
        line: 3,
        key: "name",
        message: 'is "Flood", which is the namespace\'s name in production; write it in lower case',
        severity: "error",
      },
    ]);
  });

  it.each([
    "default",
    "kube-system",
    "kube-x",
    "gatekeeper-system",
    "app-routing-system",
    "aks-command",
    "azure-arc",
  ])("is not %s, which is taken", (name) => {
    expect(problemsOf(name).map(({ message }) => message)).toEqual([
      `is "${name}", which is the namespace's name in production; Kubernetes or AKS has namespaces of such a name itself, choose another one`,
    ]);
  });
});
