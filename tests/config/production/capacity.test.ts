import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { nodesOf, nodesWithin, podPrefixFor, surgeOf } from "../../../config/production/capacity";

describe("capacity", () => {
  it.each([
    [1, 1],
    [3, 1],
    [4, 2],
    [100, 33],
    [751, 248],
  ])("a pool of %i has %i nodes more during an upgrade", (maxCount, surge) => {
    expect(surgeOf(maxCount)).toBe(surge);
  });

  it("counts every pool at its largest, each with its own surge", () => {
    expect(
      nodesOf([
        { name: "system", maxCount: 5 },
        { name: "scoring", maxCount: 12 },
      ]),
    ).toEqual({ most: 17, surge: 6 });
    expect(nodesOf([])).toEqual({ most: 0, surge: 0 });
  });

  it("is never less than what AKS rounds up to", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (maxCount) => {
        const surge = surgeOf(maxCount);
        expect(surge * 100).toBeGreaterThanOrEqual(maxCount * 33);
        expect((surge - 1) * 100).toBeLessThan(maxCount * 33);
      }),
    );
  });

  it.each([
    [16, 256],
    [23, 2],
    [24, 1],
    [25, 0],
  ])("a pod range /%i has a /24 for %i nodes", (prefix, nodes) => {
    expect(nodesWithin(prefix)).toBe(nodes);
  });

  it("advises the smallest pod range that fits", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (nodes) => {
        const prefix = podPrefixFor(nodes);
        expect(nodesWithin(prefix)).toBeGreaterThanOrEqual(nodes);
        expect(nodesWithin(prefix + 1)).toBeLessThan(nodes);
      }),
    );
  });
});
