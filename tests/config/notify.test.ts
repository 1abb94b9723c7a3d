import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { reportOn } from "../../config/azureml/issues";
import { loadConfig } from "../../config/index";
import { checkWebhooks, notify as notifySettings } from "../../config/notify";
import { settingsAsFile } from "../../config/settingsFile";
import { yamlLines } from "../../config/yamlLines";
import { productionSettings, sandboxSettings } from "../stacks";

const NOTIFY = { owner: "flood team", email: ["on-call@example.org"] };

describe.each([
  ["sandbox", sandboxSettings],
  ["production", productionSettings],
])("who is called by a %s", (stack, settings) => {
  const load = async (changes: Record<string, unknown>) => {
    pulumi.runtime.setAllConfig({ ...settings(changes) });
    return loadConfig(stack);
  };

  it("has no dashboards where the settings say so, and takes nothing else", async () => {
    expect((await load({ dashboards: "false" })).dashboards).toBe(false);
    await expect(load({ dashboards: "no" })).rejects.toThrow(/dashboards.*must be true or false/s);
  });

  it("is nobody, unless the settings say so; objectives have defaults", async () => {
    const config = await load({});
    expect(config).not.toHaveProperty("notify");
    expect(config.dashboards).toBe(true);
    expect(config.objectives).toEqual({
      goodPercent: 99.5,
      latencyMs: 1000,
      fastPercent: 99,
      periodDays: 30,
    });
  });

  it("are people, apps and webhooks", async () => {
    const webhooks = [{ name: "pager", url: "https://example.org/hook" }];
    expect((await load({ notify: { ...NOTIFY, webhooks } })).notify).toEqual({
      ...NOTIFY,
      azureApp: [],
      webhooks,
    });
  });

  it.each<[string, unknown, RegExp]>([
    ["nobody", { owner: "x", email: [] }, /calls nobody; name somebody/],
    ["no owner", { email: NOTIFY.email }, /owner: is missing/],
    ["what is no address", { ...NOTIFY, email: ["on-call"] }, /must be an e-mail address/],
    ["an address twice", { ...NOTIFY, email: ["a@b.de", "A@b.de"] }, /names an address twice/],
    ["a long address", { ...NOTIFY, email: [`${"a".repeat(60)}@b.de`] }, /at most 64 characters/],
    [
      "11 apps",
      { ...NOTIFY, azureApp: Array.from({ length: 11 }, (_, n) => `a${n}@b.de`) },
      /more than 10 addresses/,
    ],
    [
      "a webhook in plain HTTP",
      { ...NOTIFY, webhooks: [{ name: "a", url: "http://example.org/" }] },
      /must be an https address/,
    ],
    [
      "a webhook's name twice",
      {
        ...NOTIFY,
        webhooks: [
          { name: "a", url: "https://example.org/1" },
          { name: "A", url: "https://example.org/2" },
        ],
      },
      /has a name twice/,
    ],
    ["an unknown way", { ...NOTIFY, sms: ["1"] }, /sms: is not a known key/],
  ])("cannot be %s", async (_what, notify, message) => {
    await expect(load({ notify })).rejects.toThrow(message);
  });

  it.each<[string, unknown, RegExp]>([
    ["a bound that the gateway does not count by", { latencyMs: 800 }, /must be one of 1, 5, 10/],
    ["90 %", { goodPercent: 90 }, /from 95 to 99\.999/],
    ["all", { fastPercent: 100 }, /from 95 to 99\.999/],
    ["a quarter", { periodDays: 90 }, /from 7 to 30/],
  ])("objectives cannot be %s", async (_what, objectives, message) => {
    await expect(load({ objectives })).rejects.toThrow(message);
  });
});

describe("the address of a webhook", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mlscore-notify-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function problems(text: string, url: unknown) {
    writeFileSync(join(folder, "Pulumi.sandbox.yaml"), text);
    const notify = notifySettings.parse({ owner: "x", webhooks: [{ name: "pager", url }] });
    const report = reportOn(settingsAsFile("sandbox", folder, { notify }));
    checkWebhooks({ notify }, yamlLines(join(folder, "Pulumi.sandbox.yaml")), report);
    return report.problems;
  }
  const settingsText = (key: string, url: string) =>
    `config:\n  ${key}:\n    owner: x\n    webhooks:\n      - name: pager\n        url: ${url}\n`;

  it.each(["mlscore:notify", "notify"])(
    "is refused in plain in the file, at its line (%s)",
    (key) => {
      const url = "https://example.org/hook";
      expect(problems(settingsText(key, url), url)).toEqual([
        {
          file: "Pulumi.sandbox.yaml",
          line: 6,
          key: expect.stringContaining("url"),
          severity: "error",
          message: expect.stringMatching(
            /is not encrypted; .*--secret --path 'mlscore:notify\.webhooks\[0\]\.url' ADDRESS/,
          ),
        },
      ]);
    },
  );

  it("is not shown by the refusal", () => {
    const url = "https://example.org/hook/abcdef";
    const [problem] = problems(settingsText("mlscore:notify", url), url);
    expect(JSON.stringify(problem)).not.toContain("abcdef");
  });

  it("is taken encrypted, decrypted by the engine or not", () => {
    const text = settingsText("mlscore:notify", "\n          secure: v1:abc");
    expect(problems(text, "https://example.org/hook")).toEqual([]);
    expect(problems(text, { secure: "v1:abc" })).toEqual([]);
  });
});
