import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { differences } from "../../rollout/parity";

/** Does not prove that two models are equally good: only that two answers are alike. */

const EXACT = { absoluteTolerance: 0, relativeTolerance: 0, ignore: [] };

const found = (old: unknown, now: unknown, tolerance: Partial<typeof EXACT> = {}) =>
  differences(old, now, { ...EXACT, ...tolerance }).map(({ path, what }) => `${path}: ${what}`);

describe("answers of two deployments", () => {
  it("are alike whatever the order of their keys", () => {
    expect(found({ a: 1, b: [true, null, "x"] }, { b: [true, null, "x"], a: 1 })).toEqual([]);
  });

  it("differ by name, with the place of each difference", () => {
    expect(
      found(
        { model: "a", predictions: [{ p: 0.1 }, { p: 0.2 }], gone: 1, "a key": 1 },
        { model: "b", predictions: [{ p: 0.1 }, { p: 0.9 }], "a key": 2, extra: 1 },
      ),
    ).toEqual([
      '$.model: "b" instead of "a"',
      "$.predictions[1].p: 0.9 instead of 0.2",
      "$.gone: is missing",
      '$["a key"]: 2 instead of 1',
      "$.extra: is new",
    ]);
  });

  it.each<[string, unknown, unknown, string]>([
    ["a number and its text", 1, "1", '$: "1" instead of 1'],
    ["null and nothing", { a: null }, {}, "$.a: is missing"],
    ["a list and a mapping", [], {}, "$: a mapping instead of a list"],
    ["a value and a mapping", { a: 1 }, { a: { b: 1 } }, "$.a: a mapping instead of 1"],
    ["lists of two lengths", [1, 2], [1], "$: 1 items instead of 2"],
    ["zero and false", 0, false, "$: false instead of 0"],
  ])("differ in kind: %s", (_what, old, now, expected) => {
    expect(found(old, now)).toEqual([expected]);
  });

  it("may differ by an absolute or by a relative tolerance", () => {
    expect(found(0.5, 0.51, { absoluteTolerance: 0.02 })).toEqual([]);
    expect(found(0.5, 0.53, { absoluteTolerance: 0.02 })).toEqual(["$: 0.53 instead of 0.5"]);
    expect(found(1000, 1010, { relativeTolerance: 0.01 })).toEqual([]);
    expect(found(1000, 1011, { relativeTolerance: 0.01 })).toEqual(["$: 1011 instead of 1000"]);
    expect(found(-1000, -1010, { relativeTolerance: 0.01 })).toEqual([]);
    expect(found(0, 1e-9, { relativeTolerance: 0.5 })).toEqual(["$: 1e-9 instead of 0"]);
    expect(found(0, 1e-9, { relativeTolerance: 0.5, absoluteTolerance: 1e-6 })).toEqual([]);
  });

  it("are not compared at keys that are left out, at any depth", () => {
    const old = { version: 1, inner: [{ version: "a", p: 1 }] };
    const now = { inner: [{ p: 2 }], version: 2 };
    expect(differences(old, now, { ...EXACT, ignore: ["version"] })).toEqual([
      { path: "$.inner[0].p", what: "2 instead of 1" },
    ]);
  });

  it("cut long values short", () => {
    const [line] = found("", "x".repeat(500));
    expect(line!.length).toBeLessThan(90);
  });

  it("are alike exactly when they are the same, without a tolerance", () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (one, other) => {
        const [a, b] = [JSON.parse(one) as unknown, JSON.parse(other) as unknown];
        expect(differences(a, a, EXACT)).toEqual([]);
        const isSame = (() => {
          try {
            expect(a).toEqual(b);
            return true;
          } catch {
            return false;
          }
        })();
        expect(differences(a, b, EXACT).length === 0).toBe(isSame);
      }),
    );
  });

  it("differ the same way round and back", () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.double({ min: 0, max: 10, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (one, other, absoluteTolerance, relativeTolerance) => {
          const tolerance = { absoluteTolerance, relativeTolerance };
          expect(found(one, other, tolerance).length).toBe(found(other, one, tolerance).length);
        },
      ),
    );
  });
});
