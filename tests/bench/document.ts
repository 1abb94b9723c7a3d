import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { markdownTable } from "../../markdownTable";
import { barChart } from "./chart";
import type { Section } from "./section";

const DOCS = join(__dirname, "..", "..", "docs");

/** Puts what was found between the marks of its section in docs/performance.md, and draws its chart. */
export function document(section: Section, date: string): void {
  const file = join(DOCS, "performance.md");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, withSection(text, section, date));
  if (section.bars !== undefined) {
    writeFileSync(
      join(DOCS, `performance-${section.id}.svg`),
      barChart(section.title, section.bars),
    );
  }
}

/** @throws Error when the document has no place for the section */
export function withSection(text: string, { id, title, rows }: Section, date: string): string {
  const [open, close] = [`<!-- bench ${id} -->`, `<!-- end of ${id} -->`];
  const [from, to] = [text.indexOf(open), text.indexOf(close)];
  if (from === -1 || to < from)
    throw new Error(`docs/performance.md has no "${open}" … "${close}"`);
  const [head = [], ...body] = rows;
  const table = markdownTable(head, body);
  return `${text.slice(0, from)}${open}\n\n${title}, ${date}:\n\n${table}\n\n${text.slice(to)}`;
}
