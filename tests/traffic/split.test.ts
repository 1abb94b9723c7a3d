import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  describeSplit,
  namesWithTraffic,
  sameSplit,
  withZeros,
  type Split,
} from "../../traffic/split";

const split = (traffic: Split["traffic"], mirrorTraffic: Split["traffic"] = {}): Split => ({
  traffic,
  mirrorTraffic,
});

const anyTraffic = fc.dictionary(
  fc.constantFrom("blue", "green", "red"),
  fc.integer({ min: 0, max: 100 }),
);

describe("two splits", () => {
  it("are the same when only zeros are left out", () => {
    expect(sameSplit(split({ blue: 100, green: 0 }), split({ blue: 100 }))).toBe(true);
    expect(sameSplit(split({ blue: 100 }), split({ blue: 100, green: 0 }, { green: 0 }))).toBe(
      true,
    );
    expect(sameSplit(split({}), split({}))).toBe(true);
  });

  it.each([
    ["a percent differs", split({ blue: 90, green: 10 }), split({ blue: 80, green: 20 })],
    ["one has a name more", split({ blue: 100 }), split({ blue: 100, green: 1 })],
    ["the other has a name more", split({ blue: 100, green: 1 }), split({ blue: 100 })],
    [
      "only the copies differ",
      split({ blue: 100 }, { green: 5 }),
      split({ blue: 100 }, { green: 6 }),
    ],
    ["one is copied from", split({ blue: 100 }), split({ blue: 100 }, { green: 6 })],
  ])("differ when %s", (_what, one, other) => {
    expect(sameSplit(one, other)).toBe(false);
  });

  it("are the same whatever zeros are added", () => {
    fc.assert(
      fc.property(anyTraffic, fc.subarray(["blue", "green", "red", "grey"]), (traffic, names) => {
        expect(sameSplit(split(traffic), withZeros(split(traffic), names))).toBe(true);
      }),
    );
  });
});

describe("zeros", () => {
  it("are written for every deployment, and none replaces a share", () => {
    expect(withZeros(split({ blue: 100 }, { green: 5, red: 0 }), ["blue", "green", "red"])).toEqual(
      {
        traffic: { blue: 100, green: 0, red: 0 },
        mirrorTraffic: { green: 5 },
      },
    );
  });

  it("leave a share of an unknown deployment for Azure to refuse", () => {
    expect(withZeros(split({ gone: 100 }), ["blue"]).traffic).toEqual({ blue: 0, gone: 100 });
  });
});

describe("a split", () => {
  it("names what gets requests, once", () => {
    expect(namesWithTraffic(split({ blue: 100, green: 0 }, { green: 5, red: 0 }))).toEqual([
      "blue",
      "green",
    ]);
    expect(namesWithTraffic(split({ blue: 50, green: 50 }, {}))).toEqual(["blue", "green"]);
    expect(namesWithTraffic(split({ blue: 0 }))).toEqual([]);
  });

  it("is described for people", () => {
    expect(describeSplit(split({ blue: 90, green: 10 }, { red: 5 }))).toBe(
      "blue 90 %, green 10 %, 5 % mirrored to red",
    );
    expect(describeSplit(split({}))).toBe("no deployment gets requests");
  });
});
