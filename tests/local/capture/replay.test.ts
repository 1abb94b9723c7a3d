import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Answer } from "../../../answers/answerDifferences";
import { EXACT } from "../../../answers/differences";
import { ConfigError } from "../../../errors";
import { readCaptured, type Captured } from "../../../local/capture/capturedFile";
import { replay, type Ask } from "../../../local/capture/replay";
import { replayText } from "../../../local/capture/replayCommand";

function captured(line: number, changes: Partial<Captured> = {}): Captured {
  return {
    ...{ line, time: "2026-03-01T10:00:00.000Z", path: "/score", deployment: "blue" },
    ...{ headers: {}, body: `[${line}]`, status: 200, answer: `{"value": ${line}}`, durationMs: 1 },
    ...changes,
  };
}

/** A clock that a wait moves on. */
function clock() {
  let now = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    sleep: (ms: number) => {
      now += ms;
      waits.push(ms);
      return Promise.resolve();
    },
  };
}

const options = { against: "green", rules: EXACT, perSecond: 10, inFlight: 1 };
const answering =
  (answerTo: (request: Captured, deployment: string) => Answer): Ask =>
  (deployment, request) =>
    Promise.resolve(answerTo(request, deployment));

describe("replaying captured requests", () => {
  it("counts what is the same, what differs by field, and what cannot be compared", async () => {
    const requests = [
      captured(1),
      captured(2),
      captured(3, { status: 424, answer: "no" }),
      captured(4, { status: 424, answer: "no" }),
      captured(5, { answer: "not JSON" }),
      captured(6, { answer: '{"value": 6, "secret": 1}', leftOut: ["secret"] }),
    ];
    const result = await replay(
      requests,
      options,
      answering(({ line }) => {
        if (line === 2) return { status: 200, body: '{"value": 9, "more": 1}' };
        if (line === 3) return { status: 424, body: "other" };
        return { status: 200, body: `{"value": ${line}}` };
      }),
      clock(),
      () => undefined,
    );
    expect(result).toEqual({
      sent: 6,
      same: 3,
      different: 2,
      uncompared: 1,
      fields: [
        ["$.value", 1],
        ["$.more", 1],
        ["$", 1],
      ],
      examples: ["line 2 $.value: 9 instead of 2", "line 4 $: status 200 instead of 424"],
    });
  });

  it("takes another deployment's answers for right where one is named", async () => {
    const asked: string[] = [];
    const ask = answering(({ line }, deployment) => {
      asked.push(`${deployment} ${line}`);
      return { status: 200, body: deployment === "green" ? "1" : "2" };
    });
    const compared = { ...options, compareWith: "blue" };
    const result = await replay([captured(1)], compared, ask, clock(), () => undefined);
    expect(asked).toEqual(["green 1", "blue 1"]);
    expect(result).toMatchObject({ different: 1, examples: ["line 1 $: 1 instead of 2"] });
    expect(replayText(result, compared)).toBe(
      [
        "1 requests sent to green, compared with the answers of blue:",
        "  same: 0, different: 1, not compared: 0",
        "Differing fields, by requests:",
        "  1  $",
        "For example:",
        "  line 1 $: 1 instead of 2",
      ].join("\n"),
    );
  });

  it("keeps to the rate and the number in flight, and tells of each tenth", async () => {
    let [underWay, most] = [0, 0];
    const time = clock();
    const told: number[] = [];
    const requests = Array.from({ length: 20 }, (_, index) => captured(index + 1));
    const ask: Ask = async (_deployment, { answer: body }) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise(setImmediate);
      underWay -= 1;
      return { status: 200, body };
    };
    const result = await replay(requests, { ...options, inFlight: 3 }, ask, time, (count) =>
      told.push(count),
    );
    expect(result.same).toBe(20);
    expect(most).toBeLessThanOrEqual(3);
    expect(time.now()).toBeGreaterThanOrEqual(1900);
    expect(told).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
  });
});

describe("a file of captured requests", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "captured-"));
    file = join(folder, "captured.jsonl");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const lineOf = ({ line: _line, ...rest }: Captured) => JSON.stringify(rest);

  it("is read with the number of each line", () => {
    writeFileSync(file, `${lineOf(captured(1))}\n\n${lineOf(captured(3))}\n`);
    expect(readCaptured(file)).toEqual([captured(1), captured(3)]);
  });

  it("is refused with every line that is no captured request", () => {
    const wrong = lineOf(captured(3)).replace('"status":200', '"status":"ok"');
    writeFileSync(file, `${lineOf(captured(1))}\nnot JSON\n${wrong}\n{"a": 1}\n`);
    const problems = () => {
      try {
        readCaptured(file);
      } catch (error) {
        if (error instanceof ConfigError)
          return error.problems.map(({ line, message }) => `${line} ${message}`);
        throw error;
      }
      return [];
    };
    const found = problems();
    expect(found).toHaveLength(3);
    expect(found[0]).toBe("2 is not JSON; each line is a request that `capture` has kept");
    expect(found[1]).toContain("3 is not a captured request: status: ");
    expect(found[2]).toContain("4 is not a captured request: time: ");
    writeFileSync(file, "\n");
    expect(() => readCaptured(file)).toThrow("has no captured request");
    expect(() => readCaptured(join(folder, "missing"))).toThrow("missing does not exist");
  });
});
