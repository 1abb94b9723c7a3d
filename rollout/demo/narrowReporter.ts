import { sep } from "node:path";
import { printError, print } from "../../output";
import { COMMIT } from "../adoption";
import type { Reporter } from "../context";
import { reporterOn } from "../reporter";

/** Columns that the demonstration's lines take at most. */
const COLUMNS = 80;

/** A reporter whose lines are broken between words, and that names files of a folder by their name alone. */
export function narrowReporter(folder: string): Reporter {
  const screen = reporterOn();
  const own = (line: string) => line.replaceAll(`${folder}${sep}`, "");
  return {
    say: (line) => {
      screen.say(
        wrapped(line === COMMIT ? "That is a copy; your own YAML is as it was." : own(line)),
      );
    },
    warn: (line) => {
      screen.warn(wrapped(own(line)));
    },
    progress: (line) => {
      // A terminal shows the line's beginning.
      screen.progress(process.stdout.isTTY ? line : wrapped(line));
    },
  };
}

/** Prints a title with a rule to the right of it. */
export function title(text: string): void {
  print(`\n── ${text} ${"─".repeat(Math.max(0, COLUMNS - text.length - 4))}`);
}

/** Prints the command that does what follows. */
export function command(text: string): void {
  print(`\n$ npm run ${text}`);
}

export function tell(text: string): void {
  print(wrapped(text));
}

export function complain(text: string): void {
  printError(wrapped(text));
}

/** The same text in lines of at most 80 columns, each with the indentation of its own. */
export function wrapped(text: string): string {
  return text.split("\n").flatMap(wrappedLine).join("\n");
}

function wrappedLine(line: string): string[] {
  const [indent = ""] = /^ */.exec(line) ?? [];
  const lines: string[] = [];
  let rest = line;
  while (rest.length > COLUMNS) {
    const at = lastBreak(rest, indent.length);
    if (at === undefined) break;
    lines.push(rest.slice(0, at));
    rest = `${indent}${rest.slice(at + 1)}`;
  }
  return [...lines, rest];
}

/** The last space at which the line fits; a percent sign stays with its number. */
function lastBreak(line: string, from: number): number | undefined {
  for (let at = COLUMNS; at > from; at -= 1) {
    if (line[at] === " " && line[at + 1] !== "%") return at;
  }
  return undefined;
}
