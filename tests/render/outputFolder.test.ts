import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { replaceRendering, writeFolder } from "../../render/outputFolder";

/** Does not prove that two renderings at the same time keep out of each other's way. */

let out = "";
let parent = "";
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "rendering-"));
  out = join(parent, "out");
});
afterEach(() => {
  rmSync(parent, { recursive: true });
});

const filesIn = () => readdirSync(out, { recursive: true }).map(String).sort();

function put(name: string, text: string): void {
  mkdirSync(join(out, name, ".."), { recursive: true });
  writeFileSync(join(out, name), text);
}

describe("a rendering", () => {
  it("removes what an earlier one wrote and it does not write itself", async () => {
    await replaceRendering(out, { "arm.json": "1", "manifests/01-pod-a.yaml": "a" });
    await replaceRendering(out, { "arm.json": "2", "manifests/01-pod-b.yaml": "b" });
    expect(filesIn()).toEqual([
      ".rendered.json",
      "arm.json",
      "manifests",
      "manifests/01-pod-b.yaml",
    ]);
    expect(readFileSync(join(out, "arm.json"), "utf8")).toBe("2");
    expect(JSON.parse(readFileSync(join(out, ".rendered.json"), "utf8"))).toEqual([
      "arm.json",
      "manifests/01-pod-b.yaml",
    ]);
  });

  it("leaves files that no rendering wrote, whatever they are called", async () => {
    put("manifests/01-namespace-mine.yaml", "mine");
    put("manifests/07-job-migrate.yaml", "mine");
    await replaceRendering(out, { "manifests/01-namespace-flood.yaml": "ours" });
    await replaceRendering(out, { "arm.json": "{}" });
    expect(filesIn()).toEqual([
      ".rendered.json",
      "arm.json",
      "manifests",
      "manifests/01-namespace-mine.yaml",
      "manifests/07-job-migrate.yaml",
    ]);
    expect(readFileSync(join(out, "manifests/07-job-migrate.yaml"), "utf8")).toBe("mine");
  });

  it.each([
    ["leads out of the folder", '["../precious", "/etc/hosts", "a/../../precious"]'],
    ["is not JSON", "precious"],
    ["is no list of names", '{"0": "../precious"}'],
    ["names what is no name", "[7, null]"],
  ])("passes over a record that %s", async (_what, record) => {
    put(".rendered.json", record);
    writeFileSync(join(parent, "precious"), "");
    await replaceRendering(out, { "arm.json": "{}" });
    expect(readdirSync(parent).sort()).toEqual(["out", "precious"]);
    expect(filesIn()).toEqual([".rendered.json", "arm.json"]);
  });

  it("does not remove a folder that has taken the place of its file", async () => {
    await replaceRendering(out, { "arm.json": "{}", "old.json": "{}" });
    rmSync(join(out, "old.json"));
    put("old.json/notes.txt", "mine");
    await replaceRendering(out, { "arm.json": "{}" });
    expect(filesIn()).toContain("old.json/notes.txt");
  });
});

describe("files for a folder", () => {
  it.each<[string, string]>([
    ["b.json/c", "b.json is a folder"],
    ["manifests", "manifests is a file, not a folder"],
  ])("are all left unwritten where %s is in the way", async (obstacle, words) => {
    put("a.json", "before");
    put(obstacle, "");
    const files = { "a.json": "after", "b.json": "{}", "manifests/01-pod-a.yaml": "" };
    await expect(writeFolder(out, files)).rejects.toThrow(words);
    expect(readFileSync(join(out, "a.json"), "utf8")).toBe("before");
    expect(readdirSync(parent)).toEqual(["out"]);
  });

  it("are not written into a file", async () => {
    writeFileSync(out, "mine");
    await expect(writeFolder(out, { "a.json": "{}" })).rejects.toThrow(
      `${out} cannot be written: ${out} is a file, not a folder`,
    );
    expect(readFileSync(out, "utf8")).toBe("mine");
  });
});
