import { inspect } from "node:util";
import { maskText } from "./secrets/mask";
import { visible } from "./secrets/visible";

/**
 * The way of all texts to people: without what looks like a secret, and without characters that act on a terminal. Everything that a
 * command prints goes through here.
 */
export function shown(text: string): string {
  return visible(maskText(text, "shown"));
}

/** Prints a line, or several, on standard output. */
export function print(text: string): void {
  process.stdout.write(`${shown(text)}\n`);
}

/** Prints progress, a warning or a mistake of the user's on standard error. */
export function printError(text: string): void {
  process.stderr.write(`${shown(text)}\n`);
}

/** Prints an error that nobody expected, with its stack trace. */
export function printBug(error: unknown): void {
  printError(inspect(error));
}

/** Prints the answer of a model, byte for byte where a program reads it. */
export function printAnswer(text: string): void {
  process.stdout.write(`${process.stdout.isTTY ? visible(text) : text}\n`);
}

/** Prints what a person needs to call the endpoint on this machine: its key, which is meant to be seen. */
export function printKey(text: string): void {
  process.stdout.write(`${visible(text)}\n`);
}
