import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { HIDDEN, hidden } from "../../review/redact";
import { withIgnored } from "../../review/ignored";
import { leaves, propertyChanges } from "../../review/properties";

/** How differences are found and what is hidden in them, on plain values. */

/** Values as a graph has them: what JSON cannot write, such as -0, is in none. */
const written = fc.json().map((text) => JSON.parse(JSON.stringify(JSON.parse(text))) as unknown);

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

  it("see the same items in another order", () => {
    const items = [{ name: "x" }, { name: "y" }];
    expect(propertyChanges({ l: items }, { l: [...items].reverse() })).toEqual([
      { path: "l", before: ["x", "y"], after: ["y", "x"] },
    ]);
  });

  it("are none for equal values, and otherwise differ on their two sides", () => {
    fc.assert(
      fc.property(written, written, (one, other) => {
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

describe("what is ignored", () => {
  it("stays as it was, at paths through objects and lists", () => {
    const before = { tags: { a: "1" }, pools: [{ count: 3, max: 5 }] };
    const after = { tags: { a: "2" }, pools: [{ count: 4, max: 6 }], gone: true };
    expect(withIgnored(["tags", "pools[0].count", "gone", "no.such.path"], before, after)).toEqual({
      tags: { a: "1" },
      pools: [{ count: 3, max: 6 }],
    });
  });
});

describe("what looks like a secret", () => {
  const look = (value: unknown) => {
    const found: string[] = [];
    return { shown: hidden(value, found), found };
  };

  it("is hidden in variables by their names, as a map and as pairs", () => {
    expect(look({ environmentVariables: { API_KEY: "hunter2", WORKERS: "2" } })).toEqual({
      shown: { environmentVariables: { API_KEY: HIDDEN, WORKERS: "2" } },
      found: ["environmentVariables.API_KEY"],
    });
    expect(look({ env: [{ name: "DB_PASSWORD", value: "hunter2" }] })).toEqual({
      shown: { env: [{ name: "DB_PASSWORD", value: HIDDEN }] },
      found: ["env[DB_PASSWORD]"],
    });
  });

  it("is hidden anywhere by its shape", () => {
    const { shown, found } = look({ a: ["AccountKey=abc", "https://x/?sig=abc"], b: "Bearer abc" });
    expect(shown).toEqual({ a: [HIDDEN, HIDDEN], b: HIDDEN });
    expect(found).toEqual(["a[0]", "a[1]", "b"]);
  });

  it("is not what Azure's own words are called, nor a mask, nor a reference", () => {
    const value = {
      encryption: { keySource: "Microsoft.Storage", keyType: "Account" },
      environmentVariables: {
        API_KEY: "[secret]",
        KEY_VAULT_URL: "https://x.vault.azure.net",
        TOKEN: "${{keyvault:https://x.vault.azure.net/secrets/a}}",
      },
    };
    expect(look(value)).toEqual({ shown: value, found: [] });
  });
});

/** The same keys in another order are no difference. */
function sorted(text: string | undefined): string {
  return Array.from(text ?? "")
    .sort()
    .join("");
}
