import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

import type { Deployment, OutputWatch } from "../../../local/endpoint/deployment";
import type { TrialRequest } from "../../../local/endpoint/spec";
import type { ProgressEvent } from "../../../local/endpoint/status";
import { tryDeployments } from "../../../local/endpoint/trial";
import { deployment, endpoint } from "./support/endpoint";
import { startUpstream, targetOf, type FakeUpstream } from "./support/upstream";

/** The trial of each deployment before fakes of its instances; rollout.process.test.ts has real ones. */

const SAMPLE: TrialRequest = { body: '{"data":[1]}', file: "mine/sample-request.json" };
const STAND_IN: TrialRequest = { body: "{}" };
const ADVICE = "; put a valid request beside the endpoint's YAML, as sample-request.json";
const SILENT = Promise.reject(new Error("nothing more is printed"));
SILENT.catch(() => undefined);

let code: string;
const open: FakeUpstream[] = [];
beforeEach(() => {
  code = mkdtempSync(join(tmpdir(), "trial-"));
  writeFileSync(join(code, "score.py"), "def init():\n    pass\n\n\ndef run(data):\n    pass\n");
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
  rmSync(code, { recursive: true });
});

const traceback = (exception: string) =>
  `Traceback (most recent call last):\n  File "${code}/score.py", line 6, in run\n    pass\n${exception}\n`;

interface Behaviour {
  readonly answer?: (res: ServerResponse) => unknown;
  /** Each is printed when more output is waited for. */
  readonly prints?: readonly string[];
  readonly requestTimeoutMs?: number;
  /** Requests that it takes at a time. */
  readonly maxConcurrent?: number;
}

const status = (code: number) => (res: ServerResponse) => res.writeHead(code).end("{}");

async function fake(name: string, behaviour: Behaviour = {}) {
  const { answer = status(200), prints = [], ...limits } = behaviour;
  const instance = await startUpstream((_received, res) => answer(res));
  open.push(instance);
  const waiting = [...prints];
  let text = "";
  const logPath = `/state/logs/${name}.log`;
  const watch: OutputWatch = {
    firstLogPath: logPath,
    printed: () => (text === "" ? [] : [{ text, logPath }]),
    more: () => {
      const next = waiting.shift();
      text += next ?? "";
      return next === undefined ? SILENT : Promise.resolve();
    },
  };
  const target = targetOf(name, { sockets: [instance.socketPath], ...limits });
  const spec = deployment(name, { codeDirectory: code, scoringScript: "score.py" });
  const unused = () => {
    throw new Error("the trial does not start or stop anything");
  };
  const tried: Deployment = {
    name,
    revision: spec.revision,
    target,
    spec,
    instanceCount: () => 1,
    watchOutput: () => watch,
    ready: unused,
    grow: unused,
    shrink: unused,
    status: unused,
    stop: unused,
    kill: unused,
    crash: unused,
  };
  return { deployment: tried, instance, waiting };
}

type Fake = Awaited<ReturnType<typeof fake>>;

/** Events, and the text of the refusal. */
async function tried(
  fakes: readonly Fake[],
  traffic: Record<string, number>,
  trial: TrialRequest | undefined,
) {
  const events: ProgressEvent[] = [];
  const deployments = fakes.map(({ deployment }) => deployment);
  const specs = deployments.map(({ spec }) => spec);
  const spec = endpoint(specs, traffic, trial === undefined ? {} : { trial });
  const onEvent = (event: ProgressEvent) => events.push(event);
  const refusal = await tryDeployments(deployments, spec, onEvent, new AbortController().signal)
    .then(() => undefined)
    .catch((error: unknown) => (error as Error).message);
  return { events, refusal };
}

describe("a deployment that answers", () => {
  it("is asked by its name once, whatever its traffic, and not counted as a caller's", async () => {
    const [blue, green] = [await fake("blue"), await fake("green")];
    expect(await tried([blue, green], { blue: 100 }, SAMPLE)).toEqual({
      events: ["blue", "green"].map((name) => ({
        deployment: name,
        phase: "tried",
        message: "answers mine/sample-request.json with HTTP 200",
      })),
      refusal: undefined,
    });
    for (const { instance, deployment } of [blue, green]) {
      expect(instance.received.map(({ body }) => body)).toEqual([SAMPLE.body]);
      expect(deployment.target.metrics.snapshot().requests).toBe(0);
    }
  });

  it.each([400, 404, 422])(
    "may refuse (%d) a request that stands in for one, because it was not made for it",
    async (refused) => {
      const blue = await fake("blue", { answer: status(refused) });
      const message = `answers an empty JSON object with HTTP ${refused}`;
      expect(await tried([blue], { blue: 100 }, STAND_IN)).toEqual({
        events: [{ deployment: "blue", phase: "tried", message }],
        refusal: undefined,
      });
    },
  );

  it("is not asked where no request is known", async () => {
    const blue = await fake("blue");
    expect(await tried([blue], { blue: 100 }, undefined)).toEqual({
      events: [],
      refusal: undefined,
    });
    expect(blue.instance.received).toEqual([]);
  });
});

describe("a deployment that refuses", () => {
  const failing = (name: string, exception = "RuntimeError: no weights") =>
    fake(name, { answer: status(500), prints: ["a line before\n", traceback(exception)] });

  it("fails the command with its own line, once the traceback is there", async () => {
    const blue = await failing("blue");
    expect(await tried([blue], { blue: 100 }, SAMPLE)).toEqual({
      events: [],
      refusal: [
        `${code}/score.py:6: RuntimeError: no weights (in run)`,
        "  The deployment blue answered mine/sample-request.json with HTTP 424.",
        "  Log: /state/logs/blue.log",
      ].join("\n"),
    });
    expect(blue.waiting).toEqual([]);
  });

  it("is a warning without live traffic, and those that answer are told", async () => {
    const fakes = [await fake("blue"), await failing("green")];
    const { events, refusal } = await tried(fakes, { blue: 100, green: 0 }, SAMPLE);
    expect(refusal).toBeUndefined();
    expect(events.map(({ deployment, phase }) => [deployment, phase])).toEqual([
      ["blue", "tried"],
      ["green", "unanswered"],
    ]);
    expect(events[1]?.message).toBe(
      [
        `${code}/score.py:6: RuntimeError: no weights (in run)`,
        "  The deployment green answered mine/sample-request.json with HTTP 424.",
        "  Log: /state/logs/green.log",
      ].join("\n"),
    );
  });

  it("is told together with every other", async () => {
    const fakes = [await failing("blue"), await failing("green", "KeyError: 'data'")];
    const { refusal } = await tried(fakes, { blue: 50, green: 50 }, SAMPLE);
    expect(refusal?.split("\n").filter((line) => !line.startsWith(" "))).toEqual([
      `${code}/score.py:6: RuntimeError: no weights (in run)`,
      `${code}/score.py:6: KeyError: 'data' (in run)`,
    ]);
  });

  it.each([
    "KeyError: 'data'",
    "pydantic.ValidationError: 1 error",
    "json.JSONDecodeError: line 1",
  ])("because of the request that stands in (%s) is a warning with advice", async (exception) => {
    const { events, refusal } = await tried(
      [await failing("blue", exception)],
      { blue: 100 },
      STAND_IN,
    );
    expect(refusal).toBeUndefined();
    expect(events).toEqual([
      {
        deployment: "blue",
        phase: "unanswered",
        message: [
          `${code}/score.py:6: ${exception} (in run)`,
          `  The deployment blue answered an empty JSON object with HTTP 424${ADVICE}.`,
          "  Log: /state/logs/blue.log",
        ].join("\n"),
      },
    ]);
  });

  it("for another reason fails the command also for a request that stands in", async () => {
    const { refusal } = await tried([await failing("blue")], { blue: 100 }, STAND_IN);
    expect(refusal?.split("\n")[1]).toBe(
      `  The deployment blue answered an empty JSON object with HTTP 424${ADVICE}.`,
    );
  });

  it("without a traceback is named by the line of its run()", async () => {
    const { refusal } = await tried(
      [await fake("blue", { answer: status(500), prints: ["nothing of use\n"] })],
      { blue: 100 },
      SAMPLE,
    );
    expect(refusal).toBe(
      [
        `${code}/score.py:5: the scoring script did not answer`,
        "  The deployment blue answered mine/sample-request.json with HTTP 424.",
        "  Log: /state/logs/blue.log",
      ].join("\n"),
    );
  });

  it.each([
    [400, SAMPLE, "mine/sample-request.json with HTTP 424"],
    // Azure's caller gets 424 for every status but 200.
    [204, STAND_IN, `an empty JSON object with HTTP 424${ADVICE}`],
  ])("with a status of its own (%d) is named by that", async (own, trial, what) => {
    const blue = await fake("blue", {
      answer: status(own),
      prints: [traceback("RuntimeError: of an earlier request")],
    });
    const { refusal } = await tried([blue], { blue: 100 }, trial);
    expect(refusal).toBe(
      [
        `${code}/score.py:5: run() answers with HTTP ${own}`,
        `  The deployment blue answered ${what}.`,
        "  Log: /state/logs/blue.log",
      ].join("\n"),
    );
    expect(blue.waiting).toHaveLength(1);
  });

  it("because it closes the connection is named so too", async () => {
    const blue = await fake("blue", { answer: (res) => res.destroy() });
    const { refusal } = await tried([blue], { blue: 100 }, STAND_IN);
    expect(refusal?.split("\n")[0]).toBe(`${code}/score.py:5: the scoring script did not answer`);
  });
});

describe("a deployment that times out", () => {
  it("is named by its setting, and no traceback is waited for", async () => {
    const blue = await fake("blue", {
      answer: () => undefined,
      prints: [traceback("RuntimeError: of an earlier request")],
      requestTimeoutMs: 50,
    });
    const { events, refusal } = await tried([blue], { blue: 100 }, STAND_IN);
    expect(events).toEqual([]);
    expect(refusal).toBe(
      [
        `${code}/score.py:5: run() takes longer than request_settings.request_timeout_ms (YAML of blue)`,
        `  The deployment blue answered an empty JSON object with HTTP 408${ADVICE}.`,
        "  Log: /state/logs/blue.log",
      ].join("\n"),
    );
    expect(blue.waiting).toHaveLength(1);
  });
});

describe("a deployment that is busy", () => {
  it("works, so that it has answered", async () => {
    const blue = await fake("blue", { maxConcurrent: 1 });
    const { pool } = blue.deployment.target;
    const held = [pool.enter(), pool.enter()];
    expect(held).not.toContain("too-many");
    const { events, refusal } = await tried([blue], { blue: 100 }, SAMPLE);
    expect(events.map(({ message }) => message)).toEqual([
      "answers mine/sample-request.json with HTTP 429",
    ]);
    expect(refusal).toBeUndefined();
  });
});
