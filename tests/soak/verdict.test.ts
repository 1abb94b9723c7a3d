import { describe, expect, it } from "@jest/globals";

import { faultsOf, tally, type Sample } from "./verdict";

const held = {
  livePlaces: 0,
  mirrorPlaces: 0,
  mirrorBytes: 0,
  mirrored: 0,
  skipped: 0,
  instances: [1, 2],
};
const sample = (changes: Partial<Sample> = {}): Sample => ({
  held,
  supervisor: { descriptors: 40, megabytes: 100 },
  instances: { descriptors: 30, megabytes: 200 },
  ...changes,
});
const rest = sample();
const end = sample({ held: { ...held, mirrored: 9 } });
const good = { kind: "JSON", result: 200 };

describe("a soak", () => {
  it("has no fault when all was answered and nothing is held, whatever memory it takes", () => {
    const larger = { ...end, supervisor: { descriptors: 39, megabytes: 900 } };
    expect(faultsOf(rest, larger, [good, { kind: "leaves", result: "left" }])).toEqual([]);
  });

  it.each([
    ["a live place", { livePlaces: 1 }, "livePlaces is 1"],
    ["a mirror's place", { mirrorPlaces: 2 }, "mirrorPlaces is 2"],
    ["a mirror's bytes", { mirrorBytes: 3 }, "mirrorBytes is 3"],
    ["an instance that ended", { instances: [1, 3] }, "instance 3 was not there"],
    ["nothing mirrored", { mirrored: 0 }, "nothing was mirrored"],
    ["what the endpoint does not tell", { mirrorPlaces: NaN }, "mirrorPlaces is NaN"],
  ])("has a fault for %s", (_what, changes, fault) => {
    const faults = faultsOf(rest, { ...end, held: { ...end.held, ...changes } }, [good]);
    expect(faults).toEqual([expect.stringContaining(fault)]);
  });

  it.each(["supervisor", "instances"] as const)(
    "has a fault for one more descriptor of %s",
    (who) => {
      const { descriptors, megabytes } = end[who];
      const more = { ...end, [who]: { descriptors: descriptors + 1, megabytes } };
      expect(faultsOf(rest, more, [good])).toEqual([
        `descriptors of ${who}: ${descriptors} became ${descriptors + 1}`,
      ]);
    },
  );

  it("names each request that was lost or answered wrongly", () => {
    const outcomes = [
      good,
      { kind: "JSON", result: "lost", fault: "JSON of 0 bytes: ECONNRESET" } as const,
      { kind: "JSON", result: 502, fault: "JSON of 0 bytes: 502" },
    ];
    expect(faultsOf(rest, end, outcomes)).toEqual([
      "lost: JSON of 0 bytes: ECONNRESET",
      "wrong: JSON of 0 bytes: 502",
    ]);
    expect(tally(outcomes)).toBe("200: 1, 502: 1, lost: 1");
  });
});
