import { describe, expect, it } from "@jest/globals";
import { parseYaml } from "../../input/yaml";

function read(text: string, version: "1.1" | "1.2" = "1.1") {
  const { yaml, problems } = parseYaml(text, { version });
  return {
    value: yaml?.value,
    said: problems.map(({ line, key, message }) => `${line ?? "-"} ${key ?? "-"}: ${message}`),
  };
}

const TWICE = "is written twice in the same mapping; keep one";
const MERGE =
  "merges a value that is not a mapping; give it an alias of a mapping (*name), or a list of them";

describe("data of YAML", () => {
  it.each(["1.1", "1.2"] as const)("has no prototypes and no names of them (%s)", (version) => {
    const text = `a: 1
__proto__: {instance_count: 9}
b:
  "constructor": {prototype: x}
  ? prototype
  : - [{__proto__: 1, c: 2}]
d: [{prototype: 1, e: f}]
g: &g {h: 1, __proto__: {i: 1}}
j: {<<: *g}
`;
    const { value, said } = read(text, version);
    expect(said).toEqual([
      "2 __proto__: cannot be a name; choose another one",
      "4 constructor: cannot be a name; choose another one",
      "5 prototype: cannot be a name; choose another one",
      "7 prototype: cannot be a name; choose another one",
      "8 __proto__: cannot be a name; choose another one",
      "8 __proto__: cannot be a name; choose another one",
    ]);
    expect(value).toEqual({ a: 1, b: {}, d: [{ e: "f" }], g: { h: 1 }, j: { h: 1 } });
    const mappings = (inner: unknown): object[] =>
      typeof inner === "object" && inner !== null
        ? [...(Array.isArray(inner) ? [] : [inner]), ...Object.values(inner).flatMap(mappings)]
        : [];
    expect(mappings(value).map((mapping) => Object.getPrototypeOf(mapping) as unknown)).toEqual(
      mappings(value).map(() => null),
    );
  });

  it.each<[string, string]>([
    ["1: a\n'1': b\n", "2 1"],
    ["'1': a\n1: b\n", "2 1"],
    ["1: a\n0x1: b\n", "2 0x1"],
    ["yes: a\nTrue: b\n", "2 True"],
    ["~: a\nnull: b\n", "2 null"],
    ["a: &x b\nb: c\n*x : d\n", "3 b"],
    ["{c: {a: 1, a: 2}}", "1 a"],
    ["a: &a {x: 1}\nb:\n  <<: *a\n  <<: *a\n", "4 <<"],
  ])("has no key twice: %j", (text, place) => {
    expect(read(text).said).toEqual([`${place}: ${TWICE}`]);
  });

  it.each(["text", "5", "~", "", "[a]", "[*m, 5]", "[[*m]]", '"*m"'])(
    "merges mappings only, not %j",
    (what) => {
      expect(read(`m: &m {a: 1}\nb:\n  <<: ${what}\n  c: 2\n`).said).toEqual([`3 <<: ${MERGE}`]);
    },
  );

  it("merges as the merge key's specification says", () => {
    const text = `
- &centre { x: 1, y: 2 }
- &left { x: 0, y: 2, r: { a: 1, b: 1 } }
- &big { r: 10 }
- << : *centre
  r: 10
- << : [ *centre, *big ]
- << : [ *big, *left, *centre ]
  x: 1
- x: 5
  << : *left
- {<<: {<<: *big, z: 1}}
- {"<<": 3}
`;
    expect(read(text)).toEqual({
      said: [],
      value: [
        { x: 1, y: 2 },
        { x: 0, y: 2, r: { a: 1, b: 1 } },
        { r: 10 },
        { x: 1, y: 2, r: 10 },
        { x: 1, y: 2, r: 10 },
        { x: 1, y: 2, r: 10 },
        { x: 5, y: 2, r: { a: 1, b: 1 } },
        { r: 10, z: 1 },
        { "<<": 3 },
      ],
    });
  });

  it("has the places and texts of what counts, not of what was merged and replaced", () => {
    const { yaml } = parseYaml("a: &a\n  x: one\nb:\n  x: two\n  <<: *a\n", { version: "1.1" });
    expect(yaml?.lineOf(["b", "x"])).toBe(4);
    expect(yaml?.texts).toEqual([
      { key: ["a", "x"], text: "one" },
      { key: ["b", "x"], text: "two" },
    ]);
  });

  it("means by an alias the last anchor before it, and no repeated one", () => {
    const text = "a: &x [&y 1]\nb: &y 2\nc: *x\nd: *y\n";
    expect(read(text).value).toEqual({ a: [1], b: 2, c: [1], d: 2 });
  });

  it.each<[string, string, string]>([
    ["a list in itself", "a: &a [*a]", "1 -: has the alias *a inside of what &a names"],
    ["a merge of itself", "a: &a\n  <<: *a\n", "2 -: has the alias *a inside of what &a names"],
    [
      "a circle of two",
      "a: &a\n  b: &b\n    - *a\n",
      "3 -: has the alias *a inside of what &a names",
    ],
    [
      "an alias before its anchor",
      "a: *b\nb: &b 1\n",
      "1 -: has the alias *b, but no &b before it",
    ],
    ["a list as a key", "? [a]\n: 1\n", "1 -: has a list or a mapping as a key; keys are names"],
    ["a mapping as a key", "{a: 1}: 1\n", "1 -: has a list or a mapping as a key; keys are names"],
    [
      "a set",
      "a: !!set {x}\n",
      "1 -: uses the YAML tag !!set, which means nothing here; remove it",
    ],
    [
      "bytes",
      "a: !!binary eA==\n",
      "1 -: uses the YAML tag !!binary, which means nothing here; remove it",
    ],
    [
      "a long key",
      `a: 1\n? ${"k".repeat(2000)}\n: 1\n`,
      "2 -: has a key of more than 1024 characters",
    ],
  ])("refuses %s", (_, text, expected) => {
    expect(read(text).said).toEqual([expected]);
  });
});

/** Lists within lists by aliases: 10 names, and ten to the power of nine values. */
const BOMB = Array.from({ length: 9 }, (_, index) =>
  index === 0
    ? "a0: &a0 [x]"
    : `a${index}: &a${index} [${Array.from({ length: 10 }, () => `*a${index - 1}`).join(", ")}]`,
).join("\n");

describe("YAML that is too much", () => {
  it.each<[string, string, string]>([
    ["an alias bomb", BOMB, "2 -: has more than 100 aliases"],
    ["10,000 [", "a: 1\nb: " + "[".repeat(10_000), "2 -: is nested too deeply: more than 100"],
    ["10,000 {", "{a: ".repeat(10_000), "1 -: is nested too deeply: more than 100"],
    ["10,000 dashes", "- ".repeat(10_000), "1 -: is nested too deeply: more than 100"],
    ["10,000 question marks", "? ".repeat(10_000), "1 -: is nested too deeply: more than 100"],
    [
      "a block in each block",
      Array.from({ length: 300 }, (_, n) => `${" ".repeat(n)}a:`).join("\n"),
      "101 -: is nested too deeply: more than 100",
    ],
    ["100,000 [ and ]", "[".repeat(100_000) + "]".repeat(100_000), "1 -: is nested too deeply"],
    ["a long list", "- 1\n".repeat(60_000), "40000 -: has more than 200000 tokens"],
    [
      "a list repeated",
      `a: &a [${"1,".repeat(20_000)}]\nb: [*a, *a, *a]\n`,
      "- -: has more than 50000 values",
    ],
    ["a long text", `a: ${"x".repeat(1024 * 1024)}`, "- -: is longer than 1 MiB"],
  ])("is refused: %s", (_, text, expected) => {
    const { said, value } = read(text);
    expect(said).toEqual([expect.stringContaining(expected)]);
    expect(value).toBeUndefined();
  });

  it("is taken up to 100 in each other, and with 100 aliases", () => {
    const deep = "[".repeat(100) + "]".repeat(100);
    expect(read(deep).said).toEqual([]);
    expect(read(`- &a x\n${"- *a\n".repeat(100)}`).said).toEqual([]);
  });
});
