import { beforeAll, describe, expect, it } from "@jest/globals";
import { describeDifference } from "../../conformance/compare";
import { runOnEmulator } from "../../conformance/emulator";
import { fixture } from "../../conformance/fixture";
import type { Taken } from "../../conformance/run";
import type { Sequence } from "../../conformance/sequence";
import { sequences } from "../../conformance/sequences";

/**
 * Every conformance sequence against the emulator, through Azure's own client over HTTPS. It proves that the emulator answers
 * as the sequences expect; whether Azure does, `npm run conformance -- --azure` finds out.
 */

const all = [fixture, ...sequences];
let taken: ReadonlyMap<Sequence, readonly Taken[]>;
beforeAll(async () => {
  taken = await runOnEmulator(sequences);
});

describe.each(all)("$id", (sequence) => {
  it.each(sequence.steps.map(({ name }, index) => ({ name, index })))("$name", ({ index }) => {
    const one = taken.get(sequence)?.[index];
    expect(one?.differences.map(describeDifference)).toEqual([]);
    // The emulator has neither lag nor load: what is answered late there would hide a fault.
    expect(one?.answer.attempts).toBe(1);
  });
});

it("names every step once in its sequence, and every sequence once", () => {
  for (const { steps } of all) {
    const names = steps.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  }
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
});

it("runs no step of a sequence that is not asked for, and the fixture only where it is needed", async () => {
  const creation = sequences.filter(({ needsFixture }) => !needsFixture);
  expect([...(await runOnEmulator(creation)).keys()]).toEqual(creation);
});
