import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import { chooseByWeight, chooseMirror, trafficProblems } from "../../../local/endpoint/traffic";
import { seededRandom } from "./support/random";

/** Whole percentages over up to six deployments that sum to 100. */
const splits = fc.array(fc.nat(100), { minLength: 1, maxLength: 6 }).map((cuts) => {
  const edges = [0, ...cuts.sort((a, b) => a - b), 100];
  const shares = edges.slice(1).map((edge, i) => [`d${i}`, edge - edges[i]!] as const);
  return Object.fromEntries(shares);
});

describe("choosing a deployment by weight", () => {
  it("never chooses one without weight, and always one that is listed", () => {
    fc.assert(
      fc.property(splits, fc.double({ min: 0, max: 1, maxExcluded: true }), (traffic, value) => {
        const name = chooseByWeight(traffic, () => value);
        expect(traffic[name!]).toBeGreaterThan(0);
      }),
    );
  });

  it("gives each deployment exactly its share of evenly spread values", () => {
    fc.assert(
      fc.property(splits, (traffic) => {
        const counts: Record<string, number> = {};
        for (let step = 0; step < 1000; step += 1) {
          const name = chooseByWeight(traffic, () => (step + 0.5) / 1000)!;
          counts[name] = (counts[name] ?? 0) + 1;
        }
        for (const [name, percent] of Object.entries(traffic)) {
          expect(counts[name] ?? 0).toBe(percent * 10);
        }
      }),
    );
  });

  it("keeps 10,000 seeded requests at 90/10 within 1.5 points", () => {
    const random = seededRandom(42);
    let blue = 0;
    for (let i = 0; i < 10_000; i += 1) {
      if (chooseByWeight({ blue: 90, green: 10 }, random) === "blue") blue += 1;
    }
    expect(Math.abs(blue / 100 - 90)).toBeLessThan(1.5);
  });

  it.each([[{}], [{ blue: 0 }], [{ blue: 0, green: 0 }]])("chooses none for %j", (traffic) => {
    expect(chooseByWeight(traffic, () => 0.5)).toBeUndefined();
  });

  it("repeats itself for the same seed and differs for another", () => {
    const draw = (seed: number) => Array.from({ length: 5 }, seededRandom(seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});

describe("choosing what is mirrored", () => {
  it("mirrors a value below the percentage and none from there on", () => {
    expect(chooseMirror({ green: 20 }, () => 0.19)).toBe("green");
    expect(chooseMirror({ green: 20 }, () => 0.2)).toBeUndefined();
  });

  it.each([[{}], [{ green: 0 }]])("mirrors nothing for %j", (mirror) => {
    expect(chooseMirror(mirror, () => 0)).toBeUndefined();
  });
});

describe("checking a wished split", () => {
  const names = ["blue", "green", "red"];

  it.each([
    [{ blue: 90, green: 10 }, {}],
    [{ blue: 0, green: 0 }, {}],
    [{}, {}],
    [{ blue: 100, green: 0 }, { green: 50 }],
  ])("allows %j with mirror %j", (traffic, mirror) => {
    expect(trafficProblems(names, traffic, mirror)).toEqual([]);
  });

  it.each([
    [{ blue: 90 }, {}, "traffic sums to 90; 0 or 100 is allowed"],
    [{ pink: 100 }, {}, "traffic names the deployment pink; there is blue, green, red"],
    [
      { blue: 99.5, green: 0.5 },
      {},
      "traffic.blue is 99.5; a whole number from 0 to 100 is allowed",
    ],
    [
      { blue: 150, green: -50 },
      {},
      "traffic.green is -50; a whole number from 0 to 100 is allowed",
    ],
    [{ blue: 100 }, { green: 51 }, "mirror_traffic.green is 51; at most 50 is allowed"],
    [{ blue: 100 }, { green: 10, red: 10 }, "mirror_traffic names 2 deployments; one is allowed"],
    [
      { blue: 50, green: 50 },
      { green: 10 },
      "green has live and mirrored traffic; a deployment takes one or the other",
    ],
  ])("refuses %j with mirror %j", (traffic, mirror, message) => {
    expect(trafficProblems(names, traffic as Record<string, number>, mirror)).toContain(message);
  });
});
