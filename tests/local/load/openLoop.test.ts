import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { openLoop, type LoadClock } from "../../../local/load/openLoop";
import { collectResults, type Answer, type LoadResult } from "../../../local/load/results";

/** Time that passes when something sleeps, or when a test says so. */
class FakeClock implements LoadClock {
  time = 1000;
  now = () => this.time;
  private readonly later: { readonly at: number; readonly work: () => void }[] = [];

  async sleep(ms: number): Promise<void> {
    const until = this.time + ms;
    for (;;) {
      const next = this.later
        .filter(({ at }) => at <= until)
        .toSorted((one, other) => one.at - other.at)[0];
      if (next === undefined) break;
      this.later.splice(this.later.indexOf(next), 1);
      this.time = Math.max(this.time, next.at);
      next.work();
      await settled();
    }
    this.time = Math.max(this.time, until);
    await settled();
  }

  /** An answer after so many milliseconds. */
  answerIn(ms: number, answer: Answer = OK): Promise<Answer> {
    return new Promise((resolve) => {
      const work = () => {
        resolve(answer);
      };
      this.later.push({ at: this.time + ms, work });
    });
  }
}

const OK: Answer = { status: 200, deployment: "blue" };
const never = () => new Promise<Answer>(() => undefined);

/** Lets everything run that waits for nothing. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

async function load(
  rate: { perSecond: number; seconds: number; maxInFlight?: number },
  send: (index: number) => Promise<Answer>,
  clock = new FakeClock(),
  signal = new AbortController().signal,
): Promise<LoadResult> {
  const results = collectResults();
  await openLoop({ maxInFlight: 1000, ...rate }, send, results, signal, clock);
  return results.result();
}

describe("openLoop", () => {
  it("begins each request when it is due, whatever became of those before it", async () => {
    const clock = new FakeClock();
    const begun: number[] = [];
    const abort = new AbortController();
    const send = (index: number) => {
      begun.push(clock.now());
      if (index === 9) abort.abort();
      return never();
    };
    const result = await load({ perSecond: 10, seconds: 1 }, send, clock, abort.signal);
    expect(begun).toEqual([1000, 1100, 1200, 1300, 1400, 1500, 1600, 1700, 1800, 1900]);
    expect(result).toMatchObject({ due: 10, answered: 0, inFlight: 10, notSent: 0 });
  });

  it("counts a latency from when the request was due, not from when it was sent", async () => {
    const clock = new FakeClock();
    // The first one blocks this process for a second, in which nine more become due; the answers themselves take no time.
    const send = (index: number) => {
      if (index === 0) clock.time += 1000;
      return Promise.resolve(OK);
    };
    const { latencyMs, answered } = await load({ perSecond: 10, seconds: 1 }, send, clock);
    expect(answered).toBe(10);
    expect(latencyMs.max).toBeCloseTo(1000, -1);
    // Counted from the sending, nine of ten would be 0.
    expect(latencyMs.p50).toBeGreaterThanOrEqual(500);
  });

  it("does not send what is due while too many are in flight, and counts it", async () => {
    const abort = new AbortController();
    const clock = new FakeClock();
    void clock.answerIn(1850).then(() => {
      abort.abort();
    });
    const sent: number[] = [];
    const send = (index: number) => {
      sent.push(index);
      return index < 3 ? clock.answerIn(450) : never();
    };
    const rate = { perSecond: 10, seconds: 2, maxInFlight: 3 };
    const result = await load(rate, send, clock, abort.signal);
    // 0, 1 and 2 are answered after 450, 550 and 650 ms; 3 and 4 were due before.
    expect(sent).toEqual([0, 1, 2, 5, 6, 7]);
    expect(result).toMatchObject({ due: 19, answered: 3, notSent: 13, inFlight: 3 });
  });

  it("loses no request, whatever comes of each", async () => {
    const outcome = fc.record({
      kind: fc.constantFrom("answered", "failed" as const),
      ms: fc.integer({ min: 0, max: 5000 }),
      status: fc.constantFrom(200, 424, 429),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(outcome, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 5 }),
        async (outcomes, maxInFlight) => {
          const clock = new FakeClock();
          const sent: number[] = [];
          const send = async (index: number) => {
            sent.push(index);
            const { kind, ms, status } = outcomes[index]!;
            const answer = await clock.answerIn(ms, { status });
            if (kind === "failed") throw new Error("no connection");
            return answer;
          };
          const results = collectResults();
          const rate = { perSecond: 10, seconds: outcomes.length / 10, maxInFlight };
          const { signal } = new AbortController();
          const done = openLoop(rate, send, results, signal, clock);
          const finished = done.then(() => true);
          while (!(await Promise.race([finished, settled().then(() => false)]))) {
            await clock.sleep(1000);
          }
          const { due, answered, notSent, inFlight, noAnswer } = results.result();
          expect(due).toBe(outcomes.length);
          expect(inFlight).toBe(0);
          expect(answered + notSent + (noAnswer.get("no connection") ?? 0)).toBe(due);
          expect(sent.length + notSent).toBe(due);
        },
      ),
      { numRuns: 30 },
    );
  });
});
