import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { UserError } from "../../errors";
import {
  backgroundLines,
  backgroundOf,
  refuseBesideBackground,
  runPlaces,
  type Run,
} from "../../rollout/background";

const NOON = Date.parse("2026-03-01T12:00:00.000Z");

describe("a promote in the background", () => {
  let folder = "";
  let lockFile = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "background-"));
    lockFile = join(folder, "rollout.lock");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const run: Run = {
    pid: process.pid,
    startedAt: "2026-03-01T11:00:00.000Z",
    beatAt: "2026-03-01T11:59:57.000Z",
    log: "/state/rollout.log",
  };
  const seen = (changes: Partial<Run> = {}) => {
    writeFileSync(runPlaces(lockFile).file, JSON.stringify({ ...run, ...changes }));
    return backgroundOf(lockFile, NOON);
  };
  const gone = spawnSync("true").pid;

  it("is alive while it gives signs of life, and refuses others meanwhile", () => {
    const found = seen();
    expect(found?.state).toBe("alive");
    expect(backgroundLines(found, NOON)).toEqual([
      `A promote runs in the background since 2026-03-01T11:00:00.000Z: process ${process.pid}, last sign of life 3 s ago. Its log: /state/rollout.log.`,
      "abort ends it and returns the traffic to the old deployments.",
    ]);
    seen({ beatAt: new Date().toISOString() });
    expect(() => {
      refuseBesideBackground(lockFile);
    }).toThrow(UserError);
  });

  it("is silent when its process gives none, be it stopped or another one", () => {
    const found = seen({ beatAt: "2026-03-01T11:58:59.000Z" });
    expect(found?.state).toBe("silent");
    expect(backgroundLines(found, NOON).join("\n")).toMatch(
      /gave no sign of life since 2026-03-01T11:58:59.000Z, 1 min 1 s ago: it is stopped, or another process has its number/,
    );
    refuseBesideBackground(lockFile);
  });

  it("is dead when it was killed, and then what stays and what comes next is said", () => {
    const found = seen({ pid: gone });
    expect(found?.state).toBe("dead");
    expect(backgroundLines(found, NOON).join("\n")).toMatch(
      /was killed; .* The split stays as it is\. .*\nNext: promote --detach goes on; abort returns the traffic/,
    );
    refuseBesideBackground(lockFile);
  });

  it("says how it ended, unless that was well", () => {
    expect(backgroundLines(seen({ pid: gone, status: 0 }), NOON)).toEqual([]);
    expect(backgroundLines(seen({ pid: gone, status: 1 }), NOON)).toEqual([
      "The promote in the background ended at 2026-03-01T11:59:57.000Z with exit status 1. Its log: /state/rollout.log.",
    ]);
  });

  it("that never was is not spoken of", () => {
    expect(backgroundOf(lockFile)).toBeUndefined();
    expect(backgroundLines(undefined)).toEqual([]);
  });

  it("whose file is damaged is refused with its path", () => {
    writeFileSync(runPlaces(lockFile).file, "{");
    expect(() => backgroundOf(lockFile)).toThrow(`${runPlaces(lockFile).file} is damaged`);
  });
});
