import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Command } from "commander";
import ts from "typescript";
import { z } from "zod";

/**
 * Finds the terms of words.json, which this project replaced by the field's own: in the names of files, in names that
 * TypeScript and Python declare (split at capitals and underscores), and in the text of code and pages.
 */

const PROJECT = join(__dirname, "..", "..");

const wordList = z.strictObject({
  terms: z.array(
    z.strictObject({
      /** As a pattern, between the limits of words and in any case. */
      term: z.string(),
      /** What to write instead. */
      use: z.string(),
      /** Where an ordinary word is still fine in sentences: names of files and declarations, or of files alone. */
      only: z.enum(["names", "files"]).optional(),
      /** Files to which the term is limited, as a pattern of their path. */
      files: z.string().optional(),
    }),
  ),
  /** Ordinary senses: lines that match, in files that match. */
  allowed: z.array(
    z.strictObject({
      term: z.string(),
      line: z.string(),
      files: z.string().optional(),
      reason: z.string(),
    }),
  ),
});

export type WordList = z.infer<typeof wordList>;
type Term = WordList["terms"][number];

/** A line to look for terms in. */
interface Line {
  readonly kind: "file" | "name" | "text";
  readonly number: number;
  readonly text: string;
}

/** `safeGraph` and `safe_graph` as `safe graph`. */
function split(name: string): string {
  return name.replace(/([a-z\d])([A-Z])/g, "$1 $2").replace(/[_\-.]+/g, " ");
}

function namesInTypeScript(file: string, text: string): Line[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Line[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && "name" in node.parent && node.parent.name === node) {
      if (!ts.isPropertyAccessExpression(node.parent)) {
        const number = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
        found.push({ kind: "name", number, text: split(node.text) });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function namesInPython(lines: readonly string[]): Line[] {
  return lines.flatMap((line, at) => {
    const name = /^\s*(?:(?:async )?def|class) (\w+)|^(\w+) *[:=]/.exec(line);
    const text = name?.[1] ?? name?.[2];
    return text === undefined ? [] : [{ kind: "name", number: at + 1, text: split(text) } as const];
  });
}

/** Where terms can be in one file. */
function linesOf(file: string, text: string): Line[] {
  const lines = text.split("\n");
  const name = {
    kind: "file",
    number: 1,
    text: split(basename(file).split(".")[0] ?? ""),
  } as const;
  const names = file.endsWith(".ts")
    ? namesInTypeScript(file, text)
    : file.endsWith(".py")
      ? namesInPython(lines)
      : [];
  const texts = lines.map((line, at) => ({ kind: "text", number: at + 1, text: line }) as const);
  return [name, ...names, ...texts];
}

function isAbout({ only, files }: Term, kind: Line["kind"], file: string): boolean {
  if (files !== undefined && !new RegExp(files).test(file)) return false;
  return only === undefined || kind === "file" || (only === "names" && kind === "name");
}

/** Every term in a file, as `file:line: "term", write …`; each line and term once. */
export function termsIn(file: string, text: string, list: WordList): string[] {
  const lines = text.split("\n");
  const candidates = linesOf(file, text);
  const found = list.terms.flatMap((term) => {
    const pattern = new RegExp(`(?<![\\w-])${term.term}(?![\\w-])`, "i");
    const wholeName = new RegExp(`^${term.term}$`, "i");
    const allowed = list.allowed.filter(
      (entry) => entry.term === term.term && new RegExp(entry.files ?? "").test(file),
    );
    return candidates
      .filter(
        ({ kind, text: line }) =>
          isAbout(term, kind, file) && (kind === "file" ? wholeName : pattern).test(line),
      )
      .filter(
        ({ number }) => !allowed.some(({ line }) => new RegExp(line).test(lines[number - 1] ?? "")),
      )
      .map(({ number }) => `${file}:${number}: "${term.term}", write: ${term.use}`);
  });
  return [...new Set(found)];
}

/** What people read: code, pages, workflows and settings; not models, locks, and the samples of others. */
function filesToRead(): string[] {
  const listed = spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: PROJECT,
    encoding: "utf8",
  });
  return listed.stdout
    .split("\n")
    .filter((file) => /\.([cm]?[jt]s|py|md|ya?ml)$|^\.ci\/|Dockerfile$/.test(file))
    .filter((file) => !/^tests\/structure\/|\/fixtures\/|^scoring\/models\//.test(file));
}

function check(): void {
  const list = wordList.parse(JSON.parse(readFileSync(join(__dirname, "words.json"), "utf8")));
  const found = filesToRead().flatMap((file) =>
    termsIn(file, readFileSync(join(PROJECT, file), "utf8"), list),
  );
  for (const line of found) console.log(line);
  if (found.length > 0) process.exitCode = 1;
}

if (require.main === module) {
  new Command("node --import tsx tests/structure/words.ts")
    .description("Finds the terms of tests/structure/words.json. Ends with 1 if there are any.")
    .action(check)
    .parse();
}
