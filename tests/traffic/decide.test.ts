import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { UserError } from "../../errors";
import { decideSplit } from "../../traffic/decide";
import { namesWithTraffic, sameSplit, type Split } from "../../traffic/split";

const blueGreen = (blue: number): Split => ({
  traffic: { blue, green: 100 - blue },
  mirrorTraffic: {},
});
const nothing: Split = { traffic: {}, mirrorTraffic: {} };

function decided(
  last: Split | undefined,
  live: Split,
  desired: Split,
  deployments = ["blue", "green"],
) {
  return decideSplit({ last, live, desired, deployments, advice: "Choose." });
}

describe("the split to write", () => {
  it("is the desired split when nobody else wrote one", () => {
    expect(decided(blueGreen(90), blueGreen(90), blueGreen(50))).toEqual(blueGreen(50));
    expect(decided(undefined, nothing, blueGreen(50))).toEqual(blueGreen(50));
  });

  it("is the desired split when it is live already, whatever is known", () => {
    expect(decided(undefined, blueGreen(50), blueGreen(50))).toEqual(blueGreen(50));
    expect(decided(blueGreen(90), blueGreen(50), blueGreen(50))).toEqual(blueGreen(50));
  });

  it("is what somebody wrote outside as long as the desired split has not changed", () => {
    expect(decided(blueGreen(90), blueGreen(20), blueGreen(90))).toEqual(blueGreen(20));
  });

  it("is for the user to choose when both changed", () => {
    expect(() => decided(blueGreen(90), blueGreen(20), blueGreen(50))).toThrow(
      new UserError(
        "the endpoint's split was changed outside and is not overwritten.\n" +
          "  live     blue 20 %, green 80 %\n" +
          "  known    blue 90 %, green 10 %\n" +
          "  declared blue 50 %, green 50 %\nChoose.",
      ),
    );
  });

  it("is for the user to choose when nothing is known of a split that is there", () => {
    expect(() => decided(undefined, blueGreen(20), blueGreen(50))).toThrow(
      "known    it is not known what wrote it",
    );
  });

  it("is for the user to choose when what somebody gave traffic to is to go", () => {
    expect(() => decided(blueGreen(100), blueGreen(60), blueGreen(100), ["blue"])).toThrow(
      UserError,
    );
  });

  it("never overwrites a split that the last one does not explain", () => {
    const percent = fc.integer({ min: 0, max: 100 });
    fc.assert(
      fc.property(fc.option(percent), percent, percent, (last, live, desired) => {
        const known = last === null ? undefined : blueGreen(last);
        const lost = !sameSplit(blueGreen(live), blueGreen(desired));
        const explained = known === undefined ? false : sameSplit(known, blueGreen(live));
        let result: Split | undefined;
        try {
          result = decided(known, blueGreen(live), blueGreen(desired));
        } catch {
          expect(lost && !explained).toBe(true);
          return;
        }
        const overwritten = !sameSplit(result, blueGreen(live));
        expect(overwritten && !explained).toBe(false);
        expect(namesWithTraffic(result).length).toBeGreaterThan(0);
      }),
    );
  });
});
