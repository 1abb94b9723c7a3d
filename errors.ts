import { RunError } from "@pulumi/pulumi/errors";
import { shown } from "./output";

/** One thing that is wrong (or doubtful) in what the user wrote. */
export interface Problem {
  /** Path of the file as the user would type it, or a name such as `Pulumi.sandbox.yaml`. */
  readonly file: string;
  /** 1-based line, where it is known. */
  readonly line?: number;
  /** Dotted path of the key, for example `request_settings.request_timeout_ms`. */
  readonly key?: string;
  /** What is wrong, with the value and what is allowed: one sentence, no full stop needed. */
  readonly message: string;
  /** A warning is shown and work goes on; an error stops before anything is declared. */
  readonly severity: "error" | "warning";
}

/**
 * A mistake of the user's: shown as it is, without a stack trace, by our commands and (as a RunError) by the Pulumi
 * engine. Everything else is a bug.
 */
export class ConfigError extends RunError {
  override readonly name: string = "ConfigError";
  /** The message begins without the word "error": the Pulumi engine puts it before. */
  constructor(readonly problems: readonly Problem[]) {
    super(formatProblems(problems).replace(/^error: /, ""));
  }
}

/** What a command prints of a user's mistake. */
export function errorText(error: ConfigError | UserError): string {
  return error instanceof ConfigError ? formatProblems(error.problems) : error.message;
}

/** A user's mistake that belongs to no file: a wrong command line, a missing tool, a port in use. */
export class UserError extends RunError {
  override readonly name: string = "UserError";
  constructor(message: string) {
    super(shown(message));
  }
}

/** A disk, or what its user may have of it, is full (errno(3)). */
const FULL = new Set(["ENOSPC", "EDQUOT"]);

/**
 * What to tell when a disk is full; undefined for any other error.
 *
 * @param place what was being written. @default the path in the error, which Node leaves out of failed writes
 */
export function diskFull(error: unknown, place?: string): UserError | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { code, dest, path } = error as NodeJS.ErrnoException & { readonly dest?: string };
  if (code === undefined || !FULL.has(code)) return undefined;
  const target = place ?? dest ?? path ?? "a file";
  const why = code === "EDQUOT" ? " (your quota is used up)" : "";
  return new UserError(
    `disk full: ${target} cannot be written${why}. Free some space there, then run this again.`,
  );
}

/** A file or folder that could not be written, with the reason. */
export function cannotWrite(place: string, error: unknown): UserError {
  const { message } = error as Error;
  return diskFull(error, place) ?? new UserError(`${place} cannot be written: ${message}`);
}

/** Does what writes into a place. @throws UserError with the place when its disk is full; other errors as they are */
export async function whileWriting<T>(place: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw diskFull(error, place) ?? error;
  }
}

/** More than this nobody reads at once; it usually is one mistake many times. */
const SHOWN = 50;

/** All problems as text, a line each: errors, then warnings, each in the order of file and line. */
function formatProblems(problems: readonly Problem[]): string {
  const sorted = [...problems].sort(
    (a, b) =>
      a.severity.localeCompare(b.severity) ||
      a.file.localeCompare(b.file) ||
      (a.line ?? 0) - (b.line ?? 0),
  );
  const shown = sorted.slice(0, SHOWN);
  const lines = shown.map((problem) => `${problem.severity}: ${formatPlace(problem)}`);
  if (sorted.length > SHOWN) lines.push(`… and ${sorted.length - SHOWN} more`);
  return lines.join("\n");
}

/** One problem without its severity: file, line, key, message. The engine prints it as it is. */
export function formatPlace(problem: Problem): string {
  const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}`;
  const key = problem.key === undefined ? "" : `${problem.key}: `;
  return shown(`${place}: ${key}${problem.message}`);
}
