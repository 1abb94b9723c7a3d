import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { UserError } from "../../errors";
import { formatLine, parseRecord, type Line } from "../../rollout/record";
import { recordFile, whileAlone } from "../../rollout/recordFile";
import { recorded } from "../../rollout/state";
import { GATE } from "./harness";

/** Does not prove that a disk keeps what it says it has written. */

const ID = "11111111-2222-4333-8444-555555555555";
const OTHER = "99999999-2222-4333-8444-555555555555";
const time = "2026-03-01T12:00:00.000Z";
const BLUE = { traffic: { blue: 100 }, mirrorTraffic: {} };
const GREEN = { traffic: { green: 100 }, mirrorTraffic: {} };

const started = (rollout = ID): Line => ({
  time,
  rollout,
  event: "started",
  endpoint: "flood",
  canary: "green",
  baseline: { blue: 100, green: 0 },
  steps: [{ kind: "live", percent: 100, dwellSeconds: 60, gate: GATE }],
  change: { kind: "step", step: 0 },
  from: BLUE,
  to: GREEN,
  reason: "é ünïcode — “quoted”",
});
const done: Line = {
  time,
  rollout: ID,
  event: "done",
  change: { kind: "step", step: 0 },
  split: GREEN,
  marker: { kind: "azure", from: time },
  recovered: false,
};
const refused: Line = { time, rollout: OTHER, event: "refused", canary: "red", reason: "no" };
const ended = (outcome: "promoted" | "aborted"): Line => ({
  time,
  rollout: ID,
  event: "done",
  change: { kind: "end", outcome },
  split: GREEN,
  recovered: true,
});

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "record-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const path = () => join(folder, "inner", "rollout.jsonl");

describe("a record's file", () => {
  it("is empty until something is added, and only ever grows", async () => {
    const record = recordFile(path());
    expect(await record.lines()).toEqual([]);
    expect(existsSync(path())).toBe(false);
    await record.append(started());
    const before = readFileSync(path(), "utf8");
    await record.append(done);
    expect(readFileSync(path(), "utf8")).toBe(before + formatLine(done));
    expect(await recordFile(path()).lines()).toEqual([started(), done]);
  });

  it("passes over a line that was cut off anywhere, and adds to it on a line of its own", async () => {
    const text = Buffer.from(formatLine(done));
    for (let bytes = 0; bytes < text.length; bytes += 7) {
      const record = recordFile(path());
      rmSync(join(folder, "inner"), { recursive: true, force: true });
      await record.append(started());
      appendFileSync(path(), text.subarray(0, bytes));
      expect(await record.lines()).toEqual([started()]);
      await record.append(refused);
      expect(await record.lines()).toEqual([started(), refused]);
    }
  });

  it("takes a whole line without its end for a whole one", async () => {
    const record = recordFile(path());
    await record.append(started());
    appendFileSync(path(), formatLine(done).trimEnd());
    expect(await record.lines()).toEqual([started(), done]);
    await record.append(refused);
    expect(await record.lines()).toEqual([started(), done, refused]);
  });

  it.each([
    ["a mark of a merge", "<<<<<<< HEAD"],
    ["JSON that is no line", "{}"],
    ["a line of another version", formatLine(done).replace('"recovered"', '"restored"').trimEnd()],
    ["a line with more in it", formatLine(done).replace("{", '{"more":1,').trimEnd()],
  ])("is refused with %s in it, by its line", async (_what, text) => {
    await recordFile(path()).append(started());
    appendFileSync(path(), `${text}\n`);
    await expect(recordFile(path()).lines()).rejects.toThrow(
      new UserError(
        `${path()}:2: is not a line of a rollout record; it was changed by hand, merged, or written by another version. Put the file back as it was`,
      ),
    );
  });

  it("is a user's mistake where it cannot be written or read", async () => {
    writeFileSync(join(folder, "inner"), "a file");
    await expect(recordFile(path()).append(done)).rejects.toThrow(UserError);
    await expect(recordFile(path()).lines()).rejects.toThrow(UserError);
  });

  it("gives back what was added, whatever was cut off in between", () => {
    const lines = fc.array(fc.constantFrom(started(), done, refused, ended("aborted")));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(lines, fc.integer({ min: 1, max: formatLine(done).length - 2 }))),
        (parts) => {
          const all = parts.flatMap(([some]) => some);
          const text = parts
            .map(([some, cut]) => some.map(formatLine).join("") + formatLine(done).slice(0, cut))
            .join("\n");
          expect(parseRecord(text)).toEqual({ lines: all });
        },
      ),
    );
  });
});

describe("two processes", () => {
  it("do not work on one record at once", async () => {
    const lock = join(folder, "locks", "rollout.lock");
    await whileAlone(lock, async () => {
      const second = whileAlone(lock, () => Promise.resolve("in"), 0);
      await expect(second).rejects.toThrow(UserError);
      await expect(second).rejects.toThrow(/Another command is changing this rollout/);
    });
    expect(await whileAlone(lock, () => Promise.resolve("in"))).toBe("in");
  });

  it("take over from one that was killed", async () => {
    const lock = join(folder, "rollout.lock");
    mkdirSync(lock);
    const killed = new Date(Date.now() - 6_000);
    utimesSync(lock, killed, killed);
    expect(await whileAlone(lock, () => Promise.resolve("in"), 0)).toBe("in");
  });

  it("let go when the work fails", async () => {
    const lock = join(folder, "rollout.lock");
    await expect(whileAlone(lock, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await whileAlone(lock, () => Promise.resolve(1))).toBe(1);
  });

  it("are told where the lock cannot be created", async () => {
    writeFileSync(join(folder, "file"), "");
    chmodSync(join(folder, "file"), 0o400);
    const fault = whileAlone(join(folder, "file", "rollout.lock"), () => Promise.resolve(1));
    await expect(fault).rejects.toThrow(UserError);
  });
});

describe("what a record says", () => {
  it("is nothing at first, and after a canary that was refused", () => {
    expect(recorded([], "flood")).toEqual({});
    expect(recorded([refused], "flood")).toEqual({});
  });

  it("is an open rollout from its first line to its last", () => {
    expect(recorded([started()], "flood").open?.progress.kind).toBe("writing");
    expect(recorded([started(), done], "flood").open?.progress.kind).toBe("atStep");
    expect(recorded([started(), done, refused], "flood").open?.progress.kind).toBe("atStep");
    const over = recorded([started(), done, ended("aborted")], "flood");
    expect(over.open).toBeUndefined();
    expect(over.last?.outcome).toBe("aborted");
    expect(recorded([started(), ended("aborted"), started(OTHER)], "flood").open?.rollout.id).toBe(
      OTHER,
    );
  });

  it("has the defaults of what could not be set yet when it was started", () => {
    const { passWhen: _passWhen, ...gate } = GATE;
    const steps = [
      { kind: "live", percent: 10, dwellSeconds: 60, gate },
      { kind: "live", percent: 100, dwellSeconds: 60, gate },
    ];
    const text = `${JSON.stringify({ ...started(), steps })}\n`;
    const { lines, bad } = parseRecord(text);
    expect(bad).toBeUndefined();
    expect(recorded(lines, "flood").open?.rollout).toMatchObject({
      confidence: 95,
      steps: [{ gate: { passWhen: "noBreach" } }, { gate: { passWhen: "proven" } }],
    });
    const set = { ...started(), confidence: 99 } as Line;
    expect(recorded([set], "flood").open?.rollout.confidence).toBe(99);
  });

  it("counts how often the window of each step has begun", () => {
    const windowsAfter = (...lines: Line[]) => {
      const progress = recorded([started(), ...lines], "flood").open?.progress;
      return progress?.kind === "atStep" ? progress.windows : undefined;
    };
    const second = { ...done, change: { kind: "step", step: 1 } } as Line;
    expect(windowsAfter(done)).toBe(1);
    expect(windowsAfter(done, done, done)).toBe(3);
    expect(windowsAfter(done, done, second)).toBe(1);
  });

  it("passes over rollouts of an endpoint of another name", () => {
    const elsewhere = { ...started(OTHER), endpoint: "drought" } as Line;
    expect(recorded([elsewhere, started()], "flood").open?.rollout.id).toBe(ID);
    expect(recorded([elsewhere, started()], "drought").open?.rollout.id).toBe(OTHER);
    expect(recorded([elsewhere], "flood")).toEqual({});
  });

  it("is refused when it is of two rollouts at once", () => {
    expect(() => recorded([started(), started(OTHER)], "flood")).toThrow(UserError);
    expect(() => recorded([done], "flood")).toThrow(/a rollout that never started/);
    expect(() => recorded([started(OTHER), done], "flood")).toThrow(/two rollouts at once/);
  });
});
