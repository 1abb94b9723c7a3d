import fc from "fast-check";

/** Texts that YAML, JSON and terminals take for more than they are. */
const PIECES = [
  ...["__proto__: {a: 1}", "constructor: {prototype: {a: 1}}", "<<: text", "<<: *a", "&a ", "*a"],
  ...["1: a\n'1': b", "!!set", "!!binary ", "!x ", "? ", "- ", "[", "{", "]", "}"],
  ...["\t", "\n", "\r", ": ", "'", '"', "|", ">", "#", "---\n", "...\n", "%YAML 1.1\n"],
  ...["\u0000", "\u001b[2J", "\u001b]0;x\u0007", "\u009b", "\u202e", "\ufeff", "\u2028", "\ud800"],
  ...["{{X}}", "${X}", "__X__", "~", "0x1", "1e999", "-0", "9".repeat(400), "0o17", "2001-01-01"],
  "[".repeat(3),
  "[".repeat(300),
  "a: ".repeat(200),
  "x".repeat(2_000),
  "*a, ".repeat(120),
];

/** Values in the place of another one: of other types and units, or too much of something. */
const VALUES = [
  ...["", "~", "5", "-1", "1.5", "0x1", "1e3", "1e999", ".nan", ".inf", "9".repeat(400), "true"],
  ...["no", "5s", "5000ms", "1Gi", "100%", "60 %", "P1D", "[]", "[1, [2]]", "{}", "{a: {b: [c]}}"],
  ...['""', '" "', "é", "*a", "&a x", "[*a]", "text: more", "@x", "`x`", "| x", "../..", "/"],
  ...["/dev/zero", "file:///etc/passwd", "https://u:p@h/x", "azureml:a:1", "azureml://a/b", "a:b"],
  ...[
    '"\\e[31mred"',
    '"\\u202e"',
    '"\\0"',
    '"a\\nb"',
    '"\\ud800"',
    "{__proto__: {a: 1}}",
    "{<<: 5}",
  ],
  "[".repeat(99) + "]".repeat(99),
  ...["x ", "x", "a/", "a.b", "-", "= ", "<x", "$(", "\\\\", "1."].map((part) =>
    part.repeat(20_000),
  ),
];

/** Another text in the place of the piece at `at`, of so many characters. */
type Edit = (text: string, at: number) => string;

const pieces = fc.tuple(fc.nat(8), fc.constantFrom(...PIECES)).map(
  ([cut, piece]): Edit =>
    (text, at) =>
      text.slice(0, at) + piece + text.slice(at + cut),
);

/** Changes the line around a place. */
const ofLine =
  (change: (line: string) => readonly string[]): Edit =>
  (text, at) => {
    const lines = text.split("\n");
    const number = text.slice(0, at).split("\n").length - 1;
    return lines.flatMap((line, index) => (index === number ? change(line) : [line])).join("\n");
  };

const valueOf = (line: string) =>
  /^([\s-]*[^\s:]+:)/.exec(line)?.[1] ?? /^\s*-?/.exec(line)?.[0] ?? "";

/** A letter of the key left out, doubled, swapped with the next, or in the other case. */
function misspelt(line: string, place: number, how: number): string {
  const [, before = "", key = "", rest = ""] = /^([\s-]*)([^\s:]*)(.*)$/su.exec(line) ?? [];
  const at = key.length === 0 ? 0 : place % key.length;
  const letter = key.charAt(at);
  const ways = [
    ["", letter.repeat(2), letter.toUpperCase(), `${letter}_`],
    [key.charAt(at + 1) + letter],
  ].flat();
  const instead = ways[how % ways.length] ?? "";
  const cut = instead.length === 2 && instead.charAt(1) === letter && how % 5 === 4 ? 2 : 1;
  return before + key.slice(0, at) + instead + key.slice(at + cut) + rest;
}

const lineEdits = fc.oneof(
  fc.constant(ofLine(() => [])),
  fc.constant(ofLine((line) => [line, line])),
  fc.constant(ofLine((line) => [line.trimStart()])),
  fc.constantFrom(" ", "  ", "\t", "      ").map((by) => ofLine((line) => [by + line])),
  fc.constantFrom(...VALUES).map((value) => ofLine((line) => [`${valueOf(line)} ${value}`])),
  fc.constantFrom(...VALUES).map((value) => ofLine((line) => [line, `${valueOf(line)} ${value}`])),
  fc
    .tuple(fc.nat(40), fc.nat(4))
    .map(([place, how]) => ofLine((line) => [misspelt(line, place, how)])),
  fc.constantFrom(" &a", " *a", " !!str", " !!int").map((mark) =>
    ofLine((line) => {
      const head = valueOf(line);
      return [head + mark + line.slice(head.length)];
    }),
  ),
  fc
    .constantFrom("<<: *a", "<<: {a: 1}", "__proto__: {a: 1}", "? [a]\n: 1", "? a")
    .map((more) => ofLine((line) => [line, `${/^\s*/.exec(line)?.[0] ?? ""}${more}`])),
);

/** A sound text after one to five slips, of a person or of someone who means harm. */
export function mutated(sound: string): fc.Arbitrary<string> {
  const edit = fc.tuple(fc.nat(sound.length), fc.oneof(pieces, lineEdits));
  return fc
    .array(edit, { minLength: 1, maxLength: 5 })
    .map((edits) =>
      edits.reduce((text, [at, change]) => change(text, Math.min(at, text.length)), sound),
    );
}
