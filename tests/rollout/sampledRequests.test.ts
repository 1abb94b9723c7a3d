import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { RolloutStep } from "../../config/rollout";
import { EXACT } from "../../answers/differences";
import { MAX_COMPARED_BYTES } from "../../local/endpoint/answerPair";
import type { Analysis } from "../../rollout/record";
import { SampledRequests } from "../../rollout/sampledRequests";
import { FORMER, GATE, PLAN, Workbench } from "./harness";

/**
 * A step that sends sampled requests by name, on fakes of the scoring client. Does not prove that Azure's endpoint can be
 * reached from where it runs, nor that the samples are like what callers send.
 */

const SAMPLES = 300;
const SHADOW: RolloutStep = {
  kind: "shadow",
  percent: 0,
  dwellSeconds: 600,
  replay: { perSecond: 1, requests: SAMPLES },
  gate: { ...GATE, maxDifferentPercent: 1 },
};

let bench: Workbench;
/** Of requests that were sent as samples, in their order. */
const sent = () => bench.asked.filter((one) => one.includes('"sample"'));
const numberOf = (body: string) => (JSON.parse(body) as { sample?: number }).sample ?? -1;

beforeEach(() => {
  bench = new Workbench();
  const samples = join(bench.folder, "samples");
  mkdirSync(samples);
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const name = `${String(sample).padStart(4, "0")}.json`;
    writeFileSync(join(samples, name), JSON.stringify({ sample }));
  }
  const { smoke } = bench.plan ?? { smoke: "" };
  bench.plan = { ...PLAN, steps: [SHADOW, ...PLAN.steps.slice(1)], smoke, samples };
});
afterEach(() => {
  bench.remove();
});

describe("a step with sampled requests", () => {
  it("gives the canary no live and no mirrored request, and says what it costs", async () => {
    expect(await bench.start()).toBeUndefined();
    expect(bench.live()).toEqual(FORMER);
    expect(bench.rules).toBeUndefined();
    expect(await bench.advance()).toBeUndefined();
    expect(bench.said).toContain(
      "Sends 300 sampled requests to green and to blue by name: 600 requests beside the callers', and at least 5 min " +
        "in which 1 instance of green serve no caller.",
    );
    expect(bench.events().at(-1)).toBe("done 2");
  });

  it("sends each request once to either deployment, no faster than it says, and ends when all are sent", async () => {
    await bench.start();
    const begun = bench.time;
    await bench.advance();
    const expected = Array.from({ length: SAMPLES }, (_, sample) =>
      ["blue", "green"].map((name) => `${name} {"sample":${sample}}`),
    ).flat();
    expect(sent()).toEqual(expected);
    // The last one is sent 299 seconds after the first; the gate looks once a minute.
    expect((bench.time - begun) / 1000).toBe(300);
  });

  it("stops at a canary that differs before all are sent, and the canary gets no request", async () => {
    bench.answer = (deployment, body) => {
      const isOff = deployment === "green" && numberOf(body) % 10 === 9;
      return { status: 200, body: JSON.stringify({ p: isOff ? 0.9 : 0.5 }) };
    };
    await bench.start();
    expect((await bench.advance())?.message).toMatch(
      /step 1 of 3 .* failed its gate: 6 of 60 answers differ \(10 %\) between green and the old deployments, .*\$\.p: 6/,
    );
    expect(sent()).toHaveLength(120);
    expect(bench.live()).toEqual(FORMER);
  });

  it("judges the canary's failures by its limit on errors, beside the old deployment's", async () => {
    bench.answer = (deployment, body) => ({
      status: deployment === "green" && numberOf(body) >= 0 ? 500 : 200,
      body: "{}",
    });
    await bench.start();
    expect((await bench.advance())?.message).toMatch(
      /% of 60 requests to green failed \(500: 60\)/,
    );
  });

  it("measures how long either deployment takes from when both are asked", async () => {
    let time = 0;
    const clock = {
      now: () => time,
      sleep: (ms: number) => {
        time += ms;
        return Promise.resolve();
      },
    };
    const ask = async (deployment: string) => {
      if (deployment === "green") {
        // After the other answer was seen.
        await new Promise(setImmediate);
        time += 200;
      }
      return { status: 200, body: "{}" };
    };
    const { samples = "" } = bench.plan ?? {};
    const files = [join(samples, "0000.json")];
    const pair = { old: "blue", canary: "green" };
    const sampled = new SampledRequests(
      { scoringClient: { ask }, clock },
      pair,
      EXACT,
      files,
      1000,
    );
    await sampled.sendUntil(1000);
    const p95 = (name: string) => sampled.window().get(name)?.live.p95Ms;
    expect(p95("blue")).toBe(0.1);
    expect(p95("green")).toBeGreaterThanOrEqual(200);
  });

  it("is inconclusive with too few of them, at once", async () => {
    const { samples = "" } = bench.plan ?? {};
    const few = join(samples, "few");
    mkdirSync(few);
    writeFileSync(join(few, "one.json"), '{"sample": 1}');
    if (bench.plan !== undefined) bench.plan = { ...bench.plan, samples: few };
    await bench.start();
    const begun = bench.time;
    expect((await bench.advance())?.message).toMatch(
      /is inconclusive: 1 sampled request came to green, and minRequests is 100/,
    );
    expect(bench.time - begun).toBe(60_000);
  });

  it("goes on after a request without an answer, and stops where nothing answers", async () => {
    await bench.start();
    bench.answer = (_deployment, body) =>
      numberOf(body) === 7 ? undefined : { status: 200, body: "{}" };
    expect(await bench.advance()).toBeUndefined();

    const other = new Workbench();
    other.plan = bench.plan;
    await other.start();
    other.answer = (_deployment, body) =>
      numberOf(body) < 7 ? { status: 200, body: "{}" } : undefined;
    expect((await other.advance())?.message).toMatch(
      /^The endpoint does not answer: connection refused. Nothing was changed. Run this where its scoring URI can be reached/,
    );
    expect(other.asked.at(-1)).toBe('green {"sample":9}');
    expect(other.events().at(-1)).toBe("done 1");
    other.remove();
  });

  it.each([
    [MAX_COMPARED_BYTES, { compared: SAMPLES, uncompared: 0 }],
    [MAX_COMPARED_BYTES + 1, { compared: 0, uncompared: SAMPLES }],
  ])("compares answers of 256 KiB at most: %i bytes", async (bytes, counts) => {
    bench.answer = () => ({ status: 200, body: JSON.stringify("x".repeat(bytes - 2)) });
    await bench.start();
    await bench.advance();
    const { analysis } = bench.lines()[2] as { readonly analysis?: Analysis };
    expect(analysis?.comparison).toMatchObject(counts);
  });

  it("says that its requests are gone", async () => {
    await bench.start();
    const { samples: _samples, ...plan } = bench.plan ?? { steps: [], confidence: 95, smoke: "" };
    bench.plan = plan;
    expect((await bench.advance())?.message).toMatch(
      /^This step sends sampled requests, and there are none any more/,
    );
  });

  it("is shown by status as what it is", async () => {
    await bench.start();
    const text = await bench.explained();
    expect(text).toContain("step 1 of 3 (1 sampled request a second for 10 min)");
    expect(text).toContain(
      "The numbers of sampled requests are known to advance and promote alone",
    );
  });
});
