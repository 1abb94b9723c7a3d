import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import { chooseByWeight, chooseMirror } from "../../../local/endpoint/chooseDeployment";
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
