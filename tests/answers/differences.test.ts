import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { differences, EXACT, type ComparisonRules } from "../../answers/differences";

/** Does not prove that two models are equally good: only that two answers are alike. */

const all = (old: unknown, now: unknown, rules: Partial<ComparisonRules> = {}) => [
  ...differences(old, now, { ...EXACT, ...rules }),
];
const found = (old: unknown, now: unknown, rules: Partial<ComparisonRules> = {}) =>
  all(old, now, rules).map(({ path, what }) => `${path}: ${what}`);

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
    expect(all(old, now, { ignore: ["version"] })).toEqual([
      { path: "$.inner[0].p", field: "$.inner[*].p", what: "2 instead of 1" },
    ]);
  });

  it("are compared as far as a reader wants, however many differences there are", () => {
    const many = Array.from({ length: 1_000_000 }, (_, index) => index);
    const [first] = differences(many, many.toReversed(), EXACT);
    expect(first).toEqual({ path: "$[0]", field: "$[*]", what: "999999 instead of 0" });
  });

  it("do not use up the stack, however deep they are", () => {
    const deep = JSON.parse("[".repeat(100_000) + "]".repeat(100_000)) as unknown;
    const [difference, ...others] = all(deep, deep);
    expect(difference?.what).toBe("is nested more than 200 levels deep, which is not compared");
    expect(others).toEqual([]);
    const shallow = JSON.parse("[".repeat(200) + "]".repeat(200)) as unknown;
    expect(all(shallow, shallow)).toEqual([]);
  });

  it("cut long values short", () => {
    const [line] = found("", "x".repeat(500));
    expect(line!.length).toBeLessThan(90);
  });

  it("are alike exactly when they are the same, without a tolerance", () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (one, other) => {
        const [a, b] = [JSON.parse(one) as unknown, JSON.parse(other) as unknown];
        expect(all(a, a)).toEqual([]);
        const isSame = (() => {
          try {
            expect(a).toEqual(b);
            return true;
          } catch {
            return false;
          }
        })();
        expect(all(a, b).length === 0).toBe(isSame);
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
