import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { trafficProvider, type TrafficInputs } from "../../components/trafficProvider";
import { UserError } from "../../errors";
import type { Fault } from "../../emulator/arm/faults";
import { readinessProblems, splitProblems } from "../../traffic/splitRules";
import { sameSplit, withZeros, type Split } from "../../traffic/split";
import { cases } from "../thorough";
import { ArmHarness, AT_ONCE, type CallHook, deploymentId, Killed, PLACE } from "../armHarness";

/**
 * Random histories of a stack: deployments come, go and fail, splits change, somebody else interferes, and the process dies
 * at any call. The engine is played here, in its order: create and update, then traffic, then delete. It proves the
 * product's provider on the ARM API, not Azure, and not that the engine keeps to that order (tests/engine does).
 */

const NAMES = ["blue", "green", "red", "grey"] as const;

interface Update {
  readonly deployments: readonly string[];
  readonly split: Split;
  /** New deployments that Azure cannot make at first. */
  readonly failing: readonly string[];
  readonly faults: readonly Fault[];
  readonly dies?: Death;
  /** Gets all traffic from another writer first, if it exists. */
  readonly meddled?: string;
}

const fault: fc.Arbitrary<Fault> = fc.constantFrom<Fault>(
  { kind: "conflict", method: "PUT", times: 2 },
  { kind: "throttled", retryAfterSeconds: 0 },
  { kind: "internal" },
  { kind: "slowOperation", polls: 2 },
  { kind: "staleReads", reads: 2 },
  { kind: "busyAfterSuccess", writes: 1 },
  { kind: "droppedConnection", moment: "before" },
  { kind: "droppedConnection", moment: "after" },
);

const update: fc.Arbitrary<Update> = fc
  .record({
    deployments: fc.subarray([...NAMES], { minLength: 1 }),
    cuts: fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 3, maxLength: 3 }),
    none: fc.boolean(),
    copies: fc.integer({ min: 0, max: 50 }),
    failing: fc.subarray([...NAMES], { maxLength: 1 }),
    faults: fc.array(fault, { maxLength: 2 }),
    dies: fc.option(
      fc.record<Death>({
        atCall: fc.integer({ min: 1, max: 8 }),
        moment: fc.constantFrom("before", "after"),
      }),
      { nil: undefined },
    ),
    meddled: fc.option(fc.constantFrom(...NAMES), { nil: undefined }),
  })
  .map(({ cuts, none, copies, dies, meddled, ...rest }) => ({
    ...rest,
    split: none && cuts[0]! < 30 ? noTraffic : splitOver(rest.deployments, cuts, copies),
    ...(dies === undefined ? {} : { dies }),
    ...(meddled === undefined ? {} : { meddled }),
  }));

const noTraffic: Split = { traffic: {}, mirrorTraffic: {} };

/** Whole percents that sum to 100, and copies to one that has none of them. */
function splitOver(names: readonly string[], cuts: readonly number[], copies: number): Split {
  const edges = [0, ...cuts.slice(0, names.length - 1).sort((a, b) => a - b), 100];
  const shares = names.map((name, place) => [name, edges[place + 1]! - edges[place]!] as const);
  const idle = shares.find(([, percent]) => percent === 0)?.[0];
  return {
    traffic: Object.fromEntries(shares),
    mirrorTraffic: idle === undefined || copies === 0 ? {} : { [idle]: copies },
  };
}

class Failed extends Error {}

/** The process ends at the call of this number, before or after the call takes effect. */
interface Death {
  readonly atCall: number;
  readonly moment: "before" | "after";
}

function killedAt({ atCall, moment }: Death): CallHook {
  let calls = 0;
  return (now) => {
    if (now === "before") calls += 1;
    if (calls === atCall && now === moment) throw new Killed();
  };
}

class Stack {
  readonly armHarness = new ArmHarness({ polls: 0 });
  /** What the engine's state has. */
  private state: TrafficInputs | undefined;
  private created = new Set<string>();

  /** An update as the engine does it. */
  async up({ deployments, split, failing, dies }: Update): Promise<void> {
    for (const name of deployments) {
      const state = this.armHarness.deployments()[name];
      if (state === "Succeeded") continue;
      if (state !== undefined) this.armHarness.remove(name);
      this.armHarness.deploy(name, failing.includes(name) ? "Failed" : "Succeeded");
      this.created.add(name);
      if (failing.includes(name)) throw new Failed();
    }
    await this.writeTraffic(inputsOf(deployments, split), dies);
    for (const name of this.created) {
      if (deployments.includes(name)) continue;
      this.armHarness.remove(name);
      this.created.delete(name);
    }
  }

  async refresh(): Promise<void> {
    if (this.state === undefined) return;
    const { props } = await this.provider().read("id", this.state);
    this.state = props;
  }

  async destroy(): Promise<void> {
    if (this.state !== undefined) await this.provider().delete("id", this.state);
    for (const name of this.created) this.armHarness.remove(name);
  }

  check(): void {
    const split = this.armHarness.split();
    const states = Object.entries(this.armHarness.deployments()).map(
      ([name, provisioningState]) => ({
        name,
        provisioningState,
      }),
    );
    const names = states.map(({ name }) => name);
    // A number for a deployment that has gone is Azure's business as long as it is zero.
    const shown = Object.fromEntries(
      Object.entries(split.traffic).filter(
        ([name, percent]) => percent > 0 || names.includes(name),
      ),
    );
    expect(splitProblems({ ...split, traffic: shown }, names)).toEqual([]);
    expect(readinessProblems(split, states)).toEqual([]);
  }

  private async writeTraffic(inputs: TrafficInputs, dies: Death | undefined): Promise<void> {
    const provider = this.provider(dies);
    if (this.state === undefined) {
      this.state = (await provider.create(inputs)).outs;
      return;
    }
    if ((await provider.diff("id", this.state, inputs)).changes !== true) return;
    this.state = (await provider.update("id", this.state, inputs)).outs;
  }

  private provider(dies?: Death) {
    const onCall = dies === undefined ? undefined : killedAt(dies);
    return trafficProvider(() => Promise.resolve(this.armHarness.newClient(onCall)), AT_ONCE);
  }
}

function inputsOf(deployments: readonly string[], split: Split): TrafficInputs {
  return {
    ...PLACE,
    ...withZeros(split, deployments),
    settings: { tags: { owner: "tests" }, publicNetworkAccess: "Enabled", properties: {} },
    deployments: Object.fromEntries(deployments.map((name) => [name, deploymentId(name)])),
  };
}

/** What an update may end with other than well: only what was done to it. */
function expected(
  error: unknown,
  { failing, dies, meddled }: Update,
): "died" | "failed" | "refused" {
  if (error instanceof Killed && dies !== undefined) return "died";
  if (error instanceof Failed && failing.length > 0) return "failed";
  if (error instanceof UserError && meddled !== undefined) return "refused";
  throw error;
}

describe("whatever happens to a stack", () => {
  it("the split stays one, names only what serves, and ends as desired", async () => {
    const ends = { well: 0, died: 0, failed: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(update, { minLength: 1, maxLength: 6 }), async (updates) => {
        const stack = new Stack();
        for (const one of updates) {
          const there = stack.armHarness.deployments();
          if (one.meddled !== undefined && there[one.meddled] === "Succeeded") {
            const all = { [one.meddled]: 100 };
            stack.armHarness.setSplit(
              withZeros({ traffic: all, mirrorTraffic: {} }, Object.keys(there)),
            );
          }
          stack.armHarness.fault(...one.faults);
          const before = stack.armHarness.split();
          try {
            await stack.up(one);
            ends.well += 1;
          } catch (error) {
            const end = expected(error, one);
            ends[end] += 1;
            if (end === "refused") expect(stack.armHarness.split()).toEqual(before);
          }
          stack.check();

          // The rerun, by somebody who looked first: nothing fails and nobody dies.
          stack.armHarness.faults.clear();
          await stack.refresh();
          const { dies: _dies, meddled: _meddled, ...again } = one;
          await rerun(stack, { ...again, failing: [] });
          stack.check();
          expect(sameSplit(stack.armHarness.split(), one.split)).toBe(true);
          expect(Object.keys(stack.armHarness.deployments()).sort()).toEqual(
            [...one.deployments].sort(),
          );
        }
        await stack.destroy();
        expect(stack.armHarness.deployments()).toEqual({});
        expect(sameSplit(stack.armHarness.split(), noTraffic)).toBe(true);
      }),
      { numRuns: cases(60, 1000) },
    );
    // Each way of ending was met; otherwise this would prove less than it says.
    expect(Object.values(ends).every((times) => times > 20)).toBe(true);
  });
});

/** A split that nobody's state explains (the process died while it made the first one) is restored by hand. */
async function rerun(stack: Stack, update: Update): Promise<void> {
  await stack.up(update).catch(async (error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    stack.armHarness.setSplit(withZeros(noTraffic, Object.keys(stack.armHarness.deployments())));
    await stack.up(update);
  });
}
