import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "@jest/globals";
import ts from "typescript";
import { assumptions } from "../../assumptions";

/**
 * Every rule by which the emulator refuses something says on which assumption about Azure it rests, or that it is a limit of
 * the emulator's own. The types enforce it too; this test states it in one place, also where only the tests run.
 */

const PROJECT = join(__dirname, "..", "..");
const FOLDERS = ["emulator", "local/arm"];

/** Where the emulator refuses what Azure would take, because something here does not run or is declared elsewhere. */
const OWN_LIMITS = [
  "emulator/arm/storeBackend.ts",
  "emulator/clientStore.ts",
  "local/arm/liveBackend.ts",
  "local/arm/liveRules.ts",
];

interface Rule {
  readonly file: string;
  readonly line: number;
  /** Texts in the arguments after code and message; undefined when there are no such arguments. */
  readonly sources: readonly string[] | undefined;
  readonly text: string;
}

function rulesIn(file: string): Rule[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(PROJECT, file), "utf8"),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: Rule[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && node.expression.getText(source) === "Refusal") {
      const given = node.arguments?.slice(2) ?? [];
      found.push({
        file,
        line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1,
        sources: given.length === 0 ? undefined : given.flatMap(textsIn),
        text: given.map((one) => one.getText(source)).join(", "),
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Texts that an argument may be: itself, or the ends of a choice; not the texts that a choice compares. */
function textsIn(node: ts.Expression): string[] {
  if (ts.isStringLiteral(node)) return [node.text];
  if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse].flatMap(textsIn);
  if (ts.isBinaryExpression(node)) return textsIn(node.right);
  return [];
}

const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(PROJECT, folder), { encoding: "utf8", recursive: true })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => relative(PROJECT, join(PROJECT, folder, name))),
);
const rules = files.flatMap(rulesIn);
const at = ({ file, line }: Rule) => `${file}:${line}`;

describe("a refusal of the emulator", () => {
  it("is found by this test", () => {
    expect(rules.length).toBeGreaterThan(30);
  });

  it("names the assumptions that it rests on; add them after code and message (assumptions/)", () => {
    expect(rules.filter(({ sources }) => sources === undefined).map(at)).toEqual([]);
  });

  it("names assumptions that there are", () => {
    const known = new Set([...Object.keys(assumptions), "emulator-limit"]);
    const unknown = rules.flatMap((rule) =>
      (rule.sources ?? [])
        .filter((source) => !known.has(source))
        .map((source) => `${at(rule)} ${source}`),
    );
    expect(unknown).toEqual([]);
  });

  it("is a limit of the emulator's own only where something runs on this machine", () => {
    const own = rules.filter(({ sources }) => sources?.includes("emulator-limit") === true);
    expect([...new Set(own.map(({ file }) => file))].sort()).toEqual(OWN_LIMITS);
  });

  it("takes its sources from elsewhere in few places", () => {
    const indirect = rules.filter(({ sources }) => sources?.length === 0);
    expect(indirect.map(({ file, text }) => `${file} ${text}`).sort()).toEqual([
      "emulator/azure/refusal.ts first, ...new Set(others.filter((id) => id !== first))",
      "emulator/azure/refusal.ts source",
      "emulator/azure/rules.ts source",
    ]);
  });
});
