import { EventEmitter, once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { advance, promote } from "../../rollout/advance";
import type { Context } from "../../rollout/context";
import { abort } from "../../rollout/finish";
import { reportInterruption, type Interruptible } from "../../rollout/interruption";
import { restore } from "../../rollout/reconcile";
import { start } from "../../rollout/start";
import { Killed } from "../armHarness";
import { Workbench } from "./harness";

/**
 * What a command says when it is interrupted, at every point where its process can end; recovery.test.ts proves that the
 * commands that it names do go on from there. Does not prove that a shell's Ctrl-C arrives.
 */

let bench: Workbench;
beforeEach(() => {
  bench = new Workbench();
});
afterEach(() => {
  bench.remove();
});

class Host extends EventEmitter implements Interruptible {
  exit(status: number): void {
    this.emit("exit", status);
  }
}

interface Interruption {
  readonly signal?: "SIGINT" | "SIGTERM";
  readonly changes?: "split" | "declaration";
}

/** What is said when the signal comes as soon as `work` has done so many effects. */
async function interrupted(
  work: (context: Context) => Promise<void>,
  effects = Number.POSITIVE_INFINITY,
  { signal = "SIGINT", changes = "split" }: Interruption = {},
): Promise<{ readonly status: number; readonly text: string }> {
  const host = new Host();
  bench.effectsLeft = effects;
  const context = await bench.context();
  await new Promise<void>((reached) => {
    const stay = () => {
      reached();
      return new Promise<never>(() => undefined);
    };
    const waiting = { ...context, clock: { ...context.clock, sleep: stay } };
    const stopped = (error: unknown) => {
      if (error instanceof Killed) return stay();
      throw error;
    };
    void reportInterruption(waiting, changes, () => work(waiting).catch(stopped), host);
  });
  const exit = once(host, "exit");
  host.emit(signal);
  const [status] = (await exit) as [number];
  bench.effectsLeft = Number.POSITIVE_INFINITY;
  return { status, text: bench.warned.splice(0).join("\n") };
}

const onwards = (context: Context) => promote(context, { inconclusive: false });
const STEP_1 = "step 1 of 3 (10 % mirrored for 10 min)";
const STEP_2 = "step 2 of 3 (10 % of the requests for 10 min)";
const GOES_ON = "abort gives the requests back to the old deployments.";

describe("an interrupted command", () => {
  it("that waits says that traffic, deployments and files stay, and how to go on or back", async () => {
    await bench.start();
    expect(await interrupted(onwards)).toEqual({
      status: 130,
      text: [
        `Interrupted. The requests stay as they are, at ${STEP_1}: blue 90 %, red 10 %, green 0 %, 10 % mirrored to green.`,
        "No deployment and no YAML was changed.",
        `Next: promote goes on; ${GOES_ON}`,
      ].join("\n"),
    });
    expect(
      (
        await interrupted((context) => advance(context, { inconclusive: false }), undefined, {
          signal: "SIGTERM",
        })
      ).status,
    ).toBe(143);
  });

  it("that writes a step says that it may be written or not", async () => {
    await bench.start();
    bench.time += 600_000;
    const { text } = await interrupted(onwards, 4);
    expect(text.split("\n")).toEqual([
      `Interrupted while it wrote ${STEP_2}: blue 81 %, red 9 %, green 10 %. status shows whether the endpoint has that already.`,
      "No deployment and no YAML was changed.",
      `Next: promote finishes that and goes on; ${GOES_ON}`,
    ]);
  });

  it("that writes the end names what finishes it", async () => {
    await bench.start();
    const { text } = await interrupted(abort, 4);
    expect(text.split("\n")).toEqual([
      "Interrupted while it wrote the rollout's end (aborted): blue 90 %, red 10 %, green 0 %. status shows whether the endpoint has that already.",
      "No deployment and no YAML was changed.",
      "Next: promote or abort finishes what was interrupted.",
    ]);
  });

  it("that has not begun a rollout says that none is under way", async () => {
    expect((await interrupted((context) => start(context, "green"), 0)).text).toBe(
      "Interrupted. No rollout is under way. Next: status shows what is live, and where the YAML differs.",
    );
  });

  it("that may change deployments or files says of neither that it stays", async () => {
    await bench.start();
    bench.endpoint.traffic = { blue: 50, red: 50, green: 0 };
    const work = (context: Context) => restore(context, { takeOver: false });
    expect((await interrupted(work, 0, { changes: "declaration" })).text).toBe(
      "Interrupted. Next: status shows what is live, and where the YAML differs; then run the command again.",
    );
  });

  it("listens for no signal once it is over", async () => {
    const host = new Host();
    await reportInterruption(await bench.context(), "split", () => Promise.resolve(), host);
    expect(host.eventNames()).toEqual([]);
  });
});
