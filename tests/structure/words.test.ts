import { describe, expect, it } from "@jest/globals";
import { termsIn, type WordList } from "./words";

/** The search itself; which terms the project avoids is in words.json. */

const LIST: WordList = {
  terms: [
    { term: "stand-in", use: "emulator" },
    { term: "made", use: "created", only: "names" },
    { term: "values", use: "name the values", only: "files" },
    { term: "fault", use: "problem", files: "^config/" },
  ],
  allowed: [{ term: "made", line: "madeUp", reason: "made-up values" }],
};

const found = (file: string, text: string) => termsIn(file, text, LIST);

describe("the search for terms", () => {
  it("finds a term in a string, a comment and a page, with its line", () => {
    expect(found("a.ts", '// A Stand-in.\nconst a = "stand-in";\n')).toEqual([
      'a.ts:1: "stand-in", write: emulator',
      'a.ts:2: "stand-in", write: emulator',
    ]);
    expect(found("README.md", "\nthe stand-in\n")).toEqual([
      'README.md:2: "stand-in", write: emulator',
    ]);
  });

  it("finds a part of a declared name, and leaves other senses alone", () => {
    const text =
      "// made by hand\nexport const resourceMade = other.made;\nconst madeUpName = 1;\n";
    expect(found("a.ts", text)).toEqual(['a.ts:2: "made", write: created']);
    expect(found("a.py", "def was_made() -> None:\n    made = 1\n")).toEqual([
      'a.py:1: "made", write: created',
    ]);
  });

  it("finds the name of a file as a whole, and keeps to a term's folders", () => {
    expect(found("config/values.ts", "")).toEqual([
      'config/values.ts:1: "values", write: name the values',
    ]);
    expect(found("config/yamlValues.ts", "// fault")).toEqual([
      'config/yamlValues.ts:1: "fault", write: problem',
    ]);
    expect(found("emulator/yamlValues.ts", "// fault")).toEqual([]);
  });

  it("takes no part of a longer word", () => {
    expect(found("config/a.md", "default, faulty, stand-ins")).toEqual([]);
  });
});
