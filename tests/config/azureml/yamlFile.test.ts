import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { parseYaml, readYamlFile } from "../../../config/azureml/yamlFile";
import { folderWith } from "./harness";

function messages(content: string | Buffer): string[] {
  const folder = folderWith({ "a.yml": content });
  const { problems } = readYamlFile(path.join(folder, "a.yml"));
  return problems.map(({ line, key, message }) => `${line ?? "-"} ${key ?? "-"}: ${message}`);
}

describe("a YAML file", () => {
  it.each<[string, string | Buffer, string[]]>([
    ["empty", "", ["- -: is empty"]],
    ["only comments", "# nothing\n", ["- -: is empty"]],
    [
      "indented with a tab",
      "a:\n\tb: 1\n",
      ["2 -: is indented with a tab; YAML takes spaces only"],
    ],
    ["a key twice", "a: 1\nb: 2\na: 3\n", ["3 a: is written twice in the same mapping; keep one"]],
    [
      "several documents",
      "a: 1\n---\nb: 2\n",
      ['2 -: holds several YAML documents (a line "---" begins another); keep one per file'],
    ],
    [
      "not UTF-8",
      Buffer.from("a: 1\nb: caf\xe9\n", "latin1"),
      ["2 -: is not UTF-8 text; save the file in the encoding UTF-8"],
    ],
    [
      "an alias that contains itself",
      "a: &a\n  b: *a\n",
      ["2 -: has the alias *a inside of what &a names"],
    ],
    ["an alias of nothing", "a: *b\n", ["1 -: has the alias *b, but no &b before it"]],
    [
      "a line without colon",
      "a: 1\nb c\n",
      ['2 -: is not YAML: a key is followed by a colon and a space, as in "name: value"'],
    ],
    [
      "indented too far",
      "a:\n  b: c\n   d: e\n",
      [
        '2 -: is not YAML: the next line is indented too far, or a value holds ": " and needs quotes',
      ],
    ],
    [
      "a quote that is not closed",
      'a: "b\nc: 1\n',
      ['3 -: has a text that begins with " and does not end before this line'],
    ],
    [
      "a bracket that is not closed",
      "a: [1\nb: 2\n",
      ["2 -: has a [ before this line without its ]"],
    ],
  ])("that is %s is explained, not thrown", (_, content, expected) => {
    expect(messages(content)).toEqual(expected);
  });

  it("that does not exist, or is a folder, is explained", () => {
    const folder = folderWith({ "sub.yml/x": "" });
    const missing = readYamlFile(path.join(folder, "no.yml"));
    expect(missing.problems.map(({ message }) => message)).toEqual(["does not exist"]);
    const isFolder = readYamlFile(path.join(folder, "sub.yml"));
    expect(isFolder.problems.map(({ message }) => message)).toEqual([
      "is a folder; a file is needed",
    ]);
  });

  it("may begin with a byte order mark, end lines with CRLF, and use anchors and merge keys", () => {
    const folder = folderWith({});
    const file = path.join(folder, "a.yml");
    writeFileSync(
      file,
      "\uFEFFbase: &base\r\n  x: 1\r\n  y: 2\r\nuse:\r\n  <<: *base\r\n  y: 3\r\n",
    );
    expect(readYamlFile(file).yaml?.value).toEqual({
      base: { x: 1, y: 2 },
      use: { x: 1, y: 3 },
    });
  });

  it("is understood as the Azure CLI's parser does: YAML 1.1", () => {
    const text = "a: yes\nb: off\nc: .\nd: 1e3\ne: 2024-01-01\nf: y\ng: 010\nh: {{X}}\n";
    expect(parseYaml("a.yml", text).yaml?.value).toEqual({
      a: true,
      b: false,
      c: ".",
      d: "1e3",
      e: "2024-01-01",
      f: "y",
      g: 8,
      h: "{{X}}",
    });
  });

  it("knows the line of every key, of list items, and of what is missing from them", () => {
    const { yaml } = parseYaml("a.yml", "a:\n  b: 1\n  c:\n    - x\n    - y: 2\n");
    expect(yaml?.lineOf(["a", "b"])).toBe(2);
    expect(yaml?.lineOf(["a", "c", 1])).toBe(5);
    expect(yaml?.lineOf(["a", "c", 1, "missing"])).toBe(5);
    expect(yaml?.lineOf(["a", "missing"])).toBe(1);
    expect(yaml?.lineOf(["missing"])).toBe(1);
  });

  it("never makes the parser throw, whatever is in it", () => {
    const anything = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(...Array.from("ab:-{}[]&*!|>'\"#%@`?,~<\n\t 1.")) }),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const { yaml, problems } = parseYaml("a.yml", text);
        expect(yaml !== undefined || problems.length > 0).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
