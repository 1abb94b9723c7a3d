import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { loadEndpoint } from "../../config/loadEndpoint";
import { ConfigError } from "../../errors";
import { ENDPOINT_DIRECTORY } from "../stacks";

async function problems(directory: string): Promise<readonly string[]> {
  const error: unknown = await loadEndpoint(directory).catch((reason: unknown) => reason);
  if (!(error instanceof ConfigError)) throw new Error(`no ConfigError but ${String(error)}`);
  return error.problems
    .filter(({ severity }) => severity === "error")
    .map(({ key, message }) => `${key ?? ""}: ${message}`);
}

describe("loadEndpoint", () => {
  it("reads the endpoint and its deployments, by a path in the project too", async () => {
    const { name, deployments } = await loadEndpoint("tests/fixtures/endpoint");
    expect(name).toBe("gauge-endpoint");
    expect(deployments.map((one) => one.name)).toEqual(["blue", "green"]);
  });

  it.each([
    ["no-such-folder", "does not exist"],
    ["package.json", "is a file and not a folder"],
  ])("says that %s %s", async (directory, reason) => {
    expect(await problems(directory)).toEqual([`: ${reason}`]);
  });

  it("tells everything that is wrong with all files at once", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mlscore-endpoint-"));
    cpSync(ENDPOINT_DIRECTORY, folder, { recursive: true });
    const edit = (file: string, from: string, to: string) => {
      const text = readFileSync(join(folder, file), "utf8");
      expect(text).toContain(from);
      writeFileSync(join(folder, file), text.replace(from, to));
    };
    edit("endpoint.yml", "auth_mode: key", "auth_mode: password");
    edit("green.yml", "instance_count: 1", "instance_count: none");
    const found = await problems(folder);
    rmSync(folder, { recursive: true });
    expect(found).toHaveLength(2);
    expect([...found].sort()).toEqual([
      expect.stringContaining("auth_mode"),
      expect.stringContaining("instance_count"),
    ]);
  });
});
