import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { hasEngine } from "./engine";

/** The Pulumi CLI writes settings files anew, in its own style; their own settings for the format check allow for that. */

const PROJECT = join(__dirname, "..", "..");
const describeWithEngine = hasEngine() ? describe : describe.skip;

describeWithEngine("the committed settings after the Pulumi CLI wrote them", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "settings-"));
    mkdirSync(join(folder, "state"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const pulumi = (...args: string[]) => {
    const done = spawnSync("pulumi", args, {
      cwd: folder,
      encoding: "utf8",
      env: {
        ...process.env,
        PULUMI_HOME: join(folder, "home"),
        PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "tests",
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
    });
    if (done.status !== 0) throw new Error(done.stderr);
  };

  it.each(["sandbox", "production"])(
    "have the same lines, with the key's added, and pass the format check: %s",
    (stack) => {
      const file = `Pulumi.${stack}.yaml`;
      for (const name of ["Pulumi.yaml", file])
        copyFileSync(join(PROJECT, name), join(folder, name));
      const before = readFileSync(join(folder, file), "utf8");
      pulumi("stack", "init", stack);
      const after = readFileSync(join(folder, file), "utf8");
      expect(after.replace(/^encryptionsalt: \S+\n/m, "")).toBe(before);
      expect(after).not.toBe(before);
      const prettier = join(PROJECT, "node_modules/prettier/bin/prettier.cjs");
      const config = join(PROJECT, ".prettierrc.json");
      const checked = spawnSync(process.execPath, [prettier, "--config", config, "--check", file], {
        cwd: folder,
        encoding: "utf8",
      });
      expect(checked).toMatchObject({ status: 0, stderr: "" });
    },
  );
});
