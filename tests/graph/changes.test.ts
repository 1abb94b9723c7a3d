import { describe, expect, it } from "@jest/globals";
import { changedProperties } from "../../graph/changes";

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
