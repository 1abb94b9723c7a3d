import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  doubledSettings,
  misspeltNamespaces,
  settingsAsFile,
  settingsFrom,
} from "../../config/settingsFile";

/** Does not prove how the engine reads the file: that is Pulumi's own. */

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "settings-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const put = (lines: readonly string[]) => {
  writeFileSync(join(folder, "Pulumi.test.yaml"), `${lines.join("\n")}\n`);
};

describe("settings in their file", () => {
  it("are found with and without the prefix", () => {
    put(["config:", "  mlscore:target: sandbox", "  resourceGroup:", "    create: yes"]);
    const file = settingsAsFile("test", folder, {});
    expect(
      [["target"], ["resourceGroup", "create"], ["location"], []].map((key) => file.lineOf(key)),
    ).toEqual([2, 4, 1, 1]);
  });

  it.each([
    ["azure-native:subscriptionId", 3],
    ["location", 4],
    ["mlscore:location", 4],
    ["workload", 5],
    ["cluster.kubernetesVersion", 7],
    ["mlscore:cluster.kubernetesVersion", 7],
    ["cluster.userPools.other.vmSize", 9],
    ["cluster.userPools.scoring.vmSize", 12],
    ["cluster.userPools.scoring.osDiskSizeGB", 11],
    ["cluster.userPools.constructor.vmSize", 8],
    ["cluster.__proto__.vmSize", 6],
    ["network.level", 2],
  ])("have %s at line %i", (key, line) => {
    put([
      "encryptionsalt: v1",
      "config:",
      "  azure-native:subscriptionId: 00000000-0000-0000-0000-000000000000",
      "  mlscore:location: canadacentral",
      "  workload: flood",
      "  mlscore:cluster:",
      '    kubernetesVersion: "1.34"',
      "    userPools:",
      "      - vmSize: Standard_D2ds_v5",
      "        name: other",
      "      - name: scoring",
      "        vmSize: Standard_D4ds_v5",
    ]);
    expect(settingsAsFile("test", folder, {}).lineOf(key.split("."))).toBe(line);
  });

  it("are refused when they are given twice", () => {
    put([
      "config:",
      "  mlscore:workload: a",
      "  location: b",
      "  workload: c",
      "  other:workload: d",
    ]);
    expect(doubledSettings(settingsAsFile("test", folder, {}))).toEqual([
      {
        file: "Pulumi.test.yaml",
        line: 4,
        key: "workload",
        message: 'is given twice, with and without "mlscore:"; keep one of the two',
        severity: "error",
      },
    ]);
    put(["config:", "  mlscore:workload: a", "  location: b"]);
    expect(doubledSettings(settingsAsFile("test", folder, {}))).toEqual([]);
    expect(doubledSettings(settingsAsFile("missing", folder, {}))).toEqual([]);
  });
});

describe("settings of the engine", () => {
  it("keep a key that is special to JavaScript", () => {
    expect(Object.keys(settingsFrom({ "mlscore:__proto__": '{"a":1}' }))).toEqual(["__proto__"]);
  });

  it("are told where their namespace is misspelt, in capitals too", () => {
    const config = { "MLScore:a": "", "mlscor:a": "", "mlscore:a": "", "azure-native:a": "" };
    put(["config:", "  mlscor:a: x", "  MLScore:a: x"]);
    const file = settingsAsFile("test", folder, {});
    expect(misspeltNamespaces(file, config).map(({ key, line }) => [key, line])).toEqual([
      ["MLScore:a", 3],
      ["mlscor:a", 2],
    ]);
  });
});
