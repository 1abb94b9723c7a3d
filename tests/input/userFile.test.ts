import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { UserError } from "../../errors";
import { readTextIfThere, readUserFile } from "../../input/userFile";

const FOLDER = mkdtempSync(join(tmpdir(), "input-"));
const at = (name: string) => join(FOLDER, name);

afterAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
});

describe("a file that a person names", () => {
  it("is read whole, through a link too", () => {
    writeFileSync(at("sound"), "text");
    symlinkSync(at("sound"), at("link"));
    expect(readUserFile(at("link"), 4).toString()).toBe("text");
  });

  it("that has no size of its own is read to its end", () => {
    expect(readUserFile("/proc/self/stat", 1024 * 1024).length).toBeGreaterThan(0);
  });

  it("is refused with its path when it is a pipe, before anything waits for a writer", () => {
    execFileSync("mkfifo", [at("pipe")]);
    expect(() => readUserFile(at("pipe"), 10)).toThrow(
      new UserError(`${at("pipe")} is a named pipe; a file is needed`),
    );
  });

  it("is refused when it is a socket", async () => {
    const server = createServer().listen(at("socket"));
    await new Promise((resolve) => server.once("listening", resolve));
    expect(() => readUserFile(at("socket"), 10)).toThrow("is a socket; a file is needed");
    await new Promise((resolve) => server.close(resolve));
  });

  it.each(["/dev/zero", "/dev/null", "/dev/random"])("is refused when it is %s", (device) => {
    symlinkSync(device, at(`to-${device.slice(5)}`));
    expect(() => readUserFile(at(`to-${device.slice(5)}`), 10)).toThrow(
      "is a device; a file is needed",
    );
  });

  it("is refused when it is a folder, missing, or a link to itself", () => {
    mkdirSync(at("folder"));
    symlinkSync(at("loop"), at("loop"));
    expect(() => readUserFile(at("folder"), 10)).toThrow("is a folder; a file is needed");
    expect(() => readUserFile(at("missing"), 10)).toThrow("missing does not exist");
    expect(() => readUserFile(at("loop"), 10)).toThrow("points back to itself");
  });

  it("is refused when it is larger than is read, also when its size does not say so", () => {
    writeFileSync(at("large"), Buffer.alloc(2048));
    expect(() => readUserFile(at("large"), 2047)).toThrow("is larger than");
    expect(readUserFile(at("large"), 2048)).toHaveLength(2048);
    expect(() => readUserFile("/proc/self/stat", 8)).toThrow("is larger than");
  });

  it("is refused when it may not be read", () => {
    if (process.getuid?.() === 0) return;
    writeFileSync(at("private"), "x");
    chmodSync(at("private"), 0);
    expect(() => readUserFile(at("private"), 10)).toThrow("cannot be read; check its permissions");
  });

  it("may be missing where that is no mistake, and nothing else", () => {
    expect(readTextIfThere(at("missing"), 10)).toBeUndefined();
    expect(() => readTextIfThere(at("folder"), 10)).toThrow("is a folder");
  });
});
