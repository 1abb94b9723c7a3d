import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { changedProperties, leaves, propertyChanges } from "../../graph/changes";

/** Values as a graph has them: what JSON cannot write, such as -0, is in none. */
const jsonValue = fc.json().map((text) => JSON.parse(JSON.stringify(JSON.parse(text))) as unknown);

describe("property differences", () => {
  it("go into objects, and into lists by the names of their items", () => {
    const before = {
      a: { b: 1, c: 2 },
      list: [
        { name: "x", v: 1 },
        { name: "y", v: 2 },
      ],
    };
    const after = {
      a: { b: 1, c: 3 },
      list: [
        { name: "y", v: 5 },
        { name: "z", v: 3 },
      ],
    };
    expect(propertyChanges(before, after)).toEqual([
      { path: "a.c", before: 2, after: 3 },
      { path: "list[x]", before: { name: "x", v: 1 }, after: undefined },
      { path: "list[y].v", before: 2, after: 5 },
      { path: "list[z]", before: undefined, after: { name: "z", v: 3 } },
    ]);
  });

  it("compare lists without names item by item, or whole where their length differs", () => {
    expect(propertyChanges({ l: [1, 2] }, { l: [1, 3] })).toEqual([
      { path: "l[1]", before: 2, after: 3 },
    ]);
    expect(propertyChanges({ l: [1] }, { l: [1, 2] })).toEqual([
      { path: "l", before: [1], after: [1, 2] },
    ]);
  });

  it("name an alert by its name and a panel by its title, so that one more shifts no other", () => {
    const alert = (name: string, severity: number) => ({ alert: name, severity });
    expect(
      propertyChanges(
        { rules: [alert("A", 1), alert("B", 2)] },
        { rules: [alert("New", 0), alert("A", 1), alert("B", 3)] },
      ),
    ).toEqual([
      { path: "rules[B].severity", before: 2, after: 3 },
      { path: "rules[New]", before: undefined, after: alert("New", 0) },
    ]);
  });

  it("compare texts that are JSON objects as what they say", () => {
    const text = (unit: string) => JSON.stringify({ panels: [{ title: "CPU", unit }] });
    expect(propertyChanges({ data: text("a") }, { data: text("b") })).toEqual([
      { path: "data.panels[CPU].unit", before: "a", after: "b" },
    ]);
    const spaced = JSON.stringify(JSON.parse(text("a")), null, 1);
    for (const other of [spaced, "{", "[]", '"x"']) {
      const whole = { path: "data", before: text("a"), after: other };
      expect(propertyChanges({ data: text("a") }, { data: other })).toEqual([whole]);
    }
  });

  it("see the same items in another order", () => {
    const items = [{ name: "x" }, { name: "y" }];
    expect(propertyChanges({ l: items }, { l: [...items].reverse() })).toEqual([
      { path: "l", before: ["x", "y"], after: ["y", "x"] },
    ]);
  });

  it("are none for equal values, and otherwise differ on their two sides", () => {
    fc.assert(
      fc.property(jsonValue, jsonValue, (one, other) => {
        const [text, otherText] = [one, other].map((value) => JSON.stringify(value));
        expect(propertyChanges(one, JSON.parse(text ?? "null"))).toEqual([]);
        const changes = propertyChanges({ v: one }, { v: other });
        expect(changes.every(({ before, after }) => !Object.is(before, after))).toBe(true);
        expect(changes.length === 0).toBe(isDeepStrictEqual(one, other));
        if (changes.length === 0) expect(sorted(text)).toBe(sorted(otherText));
      }),
    );
  });

  it("tell every value of what is new", () => {
    expect(leaves({ b: [{ name: "n", v: [] }], a: { c: null } })).toEqual([
      { path: "a.c", value: null },
      { path: "b[n].name", value: "n" },
      { path: "b[n].v", value: [] },
    ]);
  });
});

describe("changedProperties", () => {
  it.each([
    ["nothing", { a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 }, []],
    ["a value", { a: 1 }, { a: 2 }, ["a"]],
    ["a nested value", { a: { b: 1, c: 1 } }, { a: { b: 2, c: 1 } }, ["a.b"]],
    ["an added key", {}, { a: 1 }, ["a"]],
    ["a removed key", { a: { b: 1 } }, { a: {} }, ["a.b"]],
    ["a list as a whole", { a: [1, 2] }, { a: [1, 3] }, ["a"]],
    ["a mapping that became a list", { a: {} }, { a: [] }, ["a"]],
  ])("names %s", (_what, before, after, paths) => {
    expect(changedProperties(before, after)).toEqual(paths);
  });
});

/** The same keys in another order are no difference. */
function sorted(text: string | undefined): string {
  return Array.from(text ?? "")
    .sort()
    .join("");
}
