import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { UserError } from "../../errors";
import { adopt, restore } from "../../rollout/reconcile";
import { recorded } from "../../rollout/state";
import { openRollout } from "../../traffic/rolloutTag";
import { cases } from "../thorough";
import { Killed } from "../armHarness";
import { FORMER, Workbench } from "./harness";

/**
 * A process that is killed before, after and in the middle of every single thing that it does. Does not prove that the
 * disk keeps what it has confirmed.
 */

const PROMOTED = { blue: 0, red: 0, green: 100, copies: {} };

/** Runs work on a bench of its own. */
async function onBench(work: (bench: Workbench) => Promise<void>): Promise<void> {
  const bench = new Workbench();
  try {
    await work(bench);
  } finally {
    bench.remove();
  }
}

/** A whole rollout, killed after so many effects; what is left of it is a new process's business. */
async function killedAfter(bench: Workbench, effects: number): Promise<boolean> {
  bench.effectsLeft = effects;
  const fault = (await bench.start()) ?? (await bench.promote());
  bench.effectsLeft = Number.POSITIVE_INFINITY;
  if (fault !== undefined && !(fault instanceof Killed)) throw fault;
  return fault !== undefined;
}

const tagIn = async (bench: Workbench) =>
  openRollout((await (await bench.context()).endpoint.read())!);

const sum = (bench: Workbench) =>
  Object.values(bench.endpoint.traffic).reduce((all, percent) => all + percent, 0);

/** How many effects a whole rollout has. */
async function effectsOfAll(): Promise<number> {
  let count = 0;
  await onBench(async (bench) => {
    const plenty = 1_000_000;
    bench.effectsLeft = plenty;
    await bench.start();
    await bench.promote();
    count = plenty - bench.effectsLeft;
  });
  return count;
}

describe("a process that is killed", () => {
  it("has this many effects to be killed at", async () => {
    // Four writes, each with two lines of three moments and one PUT of two.
    expect(await effectsOfAll()).toBe(4 * (2 * 3 + 2));
  });

  it("at any of them leaves a state that status explains, and that abort finishes", async () => {
    const all = await effectsOfAll();
    for (let effects = 0; effects < all; effects += 1) {
      await onBench(async (bench) => {
        expect(await killedAfter(bench, effects)).toBe(true);
        expect(sum(bench)).toBe(100);
        const { open, last } = recorded(bench.lines(), "flood");
        const text = await bench.explained();
        if (open === undefined) {
          expect(text).toContain("No rollout is under way.");
          // Before the first line was whole nothing had begun; after the last one everything was over.
          expect(bench.live()).toEqual(last === undefined ? FORMER : PROMOTED);
          expect(await bench.abort()).toBeInstanceOf(UserError);
        } else {
          expect(text).toContain("A rollout of green is under way");
          expect(text).toMatch(/Next: (advance|promote) /);
          expect(text).toContain("abort returns the traffic");
          const isOver = open.progress.kind === "writing" && (await tagIn(bench)) === undefined;
          const wasPromoted = isOver && open.progress.expected.tag === undefined;
          expect(await bench.abort()).toBeUndefined();
          expect(bench.live()).toEqual(wasPromoted ? PROMOTED : FORMER);
          expect(bench.events().at(-1)).toBe(wasPromoted ? "done promoted" : "done aborted");
        }
        expect(await tagIn(bench)).toBeUndefined();
        expect(recorded(bench.lines(), "flood").open).toBeUndefined();
      });
    }
  });

  it("at any of them leaves a state that advancing finishes", async () => {
    const all = await effectsOfAll();
    for (let effects = 0; effects < all; effects += 1) {
      await onBench(async (bench) => {
        await killedAfter(bench, effects);
        const { open, last } = recorded(bench.lines(), "flood");
        if (open === undefined && last === undefined) expect(await bench.start()).toBeUndefined();
        for (
          let times = 0;
          times < 4 && recorded(bench.lines(), "flood").open !== undefined;
          times += 1
        ) {
          expect(await bench.advance()).toBeUndefined();
          expect(sum(bench)).toBe(100);
        }
        if (recorded(bench.lines(), "flood").open !== undefined) {
          expect(await bench.promote()).toBeUndefined();
        }
        expect(bench.live()).toEqual(PROMOTED);
        expect(await tagIn(bench)).toBeUndefined();
        expect(bench.events().at(-1)).toBe("done promoted");
        // Killed after the last line, the split is not declared yet; that is a drift like any other.
        await bench.run((context) => adopt(context, { takeOver: false }));
        expect(bench.read("endpoint.yml")).toContain("green: 100");
      });
    }
  });

  it("again and again, in whatever command, is got out of by abort and by promote", async () => {
    const step = fc.record({
      command: fc.constantFrom("advance", "promote", "abort" as const),
      effects: fc.integer({ min: 0, max: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 31 }),
        fc.array(step, { maxLength: 4 }),
        fc.constantFrom("promote", "abort" as const),
        (first, steps, last) =>
          onBench(async (bench) => {
            await killedAfter(bench, first);
            for (const { command, effects } of steps) {
              bench.effectsLeft = effects;
              const fault = await bench[command]();
              if (fault !== undefined) {
                expect(fault instanceof Killed || fault instanceof UserError).toBe(true);
              }
              expect(sum(bench)).toBe(100);
            }
            bench.effectsLeft = Number.POSITIVE_INFINITY;
            await bench[last]();
            expect(recorded(bench.lines(), "flood").open).toBeUndefined();
            expect(await tagIn(bench)).toBeUndefined();
            const ended = recorded(bench.lines(), "flood").last?.outcome;
            expect(bench.live()).toEqual(ended === "promoted" ? PROMOTED : FORMER);
          }),
      ),
      { numRuns: cases(5, 60) },
    );
  });

  it("while a gate rolls back leaves what any command finishes as that", async () => {
    for (let effects = 0; effects < 8; effects += 1) {
      await onBench(async (bench) => {
        await bench.start();
        await bench.advance();
        const good = bench.window;
        bench.endpoint.deployments["green"]!.state = "Failed";
        bench.effectsLeft = effects;
        expect(await bench.advance()).toBeInstanceOf(Killed);
        bench.effectsLeft = Number.POSITIVE_INFINITY;
        bench.window = good;
        const fault = await bench.advance();
        expect(fault).toBeInstanceOf(UserError);
        expect(fault?.message).toContain("the deployment green is Failed");
        expect(bench.live()).toEqual(FORMER);
        expect(bench.events().at(-1)).toBe("done rolledBack");
      });
    }
  });

  it("while a drift is restored or adopted is got out of by doing it again", async () => {
    for (const choice of [restore, adopt]) {
      for (let effects = 0; effects < 8; effects += 1) {
        await onBench(async (bench) => {
          const choose = () => bench.run((context) => choice(context, { takeOver: false }));
          await bench.start();
          await bench.advance();
          bench.endpoint.traffic = { blue: 50, red: 0, green: 50 };
          bench.effectsLeft = effects;
          expect(await choose()).toBeInstanceOf(Killed);
          bench.effectsLeft = Number.POSITIVE_INFINITY;
          await bench.explained();
          await choose();
          // A write that was found done is put down by the next command that goes on.
          if (choice === restore) {
            expect(bench.live()).toEqual({ blue: 81, red: 9, green: 10, copies: {} });
            expect(await bench.promote()).toBeUndefined();
            expect(bench.live()).toEqual(PROMOTED);
          } else {
            const { open } = recorded(bench.lines(), "flood");
            if (open !== undefined) await bench.abort();
            expect(bench.live()).toEqual({ blue: 50, red: 0, green: 50, copies: {} });
          }
          expect(recorded(bench.lines(), "flood").open).toBeUndefined();
          expect(await tagIn(bench)).toBeUndefined();
        });
      }
    }
  });
});
