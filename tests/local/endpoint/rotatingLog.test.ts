import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createRotatingLog } from "../../../local/endpoint/rotatingLog";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "log-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("a rotating log", () => {
  it("keeps lines in order and is readable by its owner only", async () => {
    const path = join(folder, "x.log");
    const log = createRotatingLog(path);
    for (let i = 0; i < 100; i += 1) log.write(`${i}\n`);
    await log.close();
    const lines = readFileSync(path, "utf8").trim().split("\n");
    expect(lines).toEqual(Array.from({ length: 100 }, (_, i) => String(i)));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("never takes more than its share of the disk, and keeps the newest lines", async () => {
    const path = join(folder, "x.log");
    const log = createRotatingLog(path, { maxBytes: 1000, keep: 2 });
    for (let i = 0; i < 500; i += 1) {
      log.write(`${String(i).padStart(9)}\n`);
      await log.flush();
    }
    await log.close();
    expect(readdirSync(folder).sort()).toEqual(["x.log", "x.log.1", "x.log.2"]);
    for (const name of readdirSync(folder)) {
      expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(1000);
    }
    const lines = readFileSync(path, "utf8").trim().split("\n");
    expect(lines.at(-1)!.trim()).toBe("499");
  });

  it("goes on in the file of an earlier run", async () => {
    const path = join(folder, "x.log");
    for (const text of ["one\n", "two\n"]) {
      const log = createRotatingLog(path);
      log.write(text);
      await log.close();
    }
    expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
  });

  it("loses lines, and nothing else, when they cannot be written", async () => {
    const path = join(folder, "no-such-folder", "x.log");
    const log = createRotatingLog(path);
    log.write("one\n");
    await log.flush();
    log.write("two\n");
    await log.close();
    expect(log.lost()).toBe(2);
    expect(existsSync(path)).toBe(false);
  });

  it("loses lines on a full disk", async () => {
    // Every write to this device fails with ENOSPC; macOS has none.
    if (!existsSync("/dev/full")) return;
    const log = createRotatingLog("/dev/full");
    log.write("one\n");
    await log.close();
    expect(log.lost()).toBe(1);
  });

  it("does not hold more than a few megabytes for a slow disk", async () => {
    const log = createRotatingLog(join(folder, "x.log"));
    for (let i = 0; i < 100; i += 1) log.write("x".repeat(100_000));
    expect(log.lost()).toBeGreaterThan(50);
    await log.close();
  });
});
