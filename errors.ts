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
  constructor(readonly problems: readonly Problem[]) {
    super(formatProblems(problems));
  }
}

/** A user's mistake that belongs to no file: a wrong command line, a missing tool, a port in use. */
export class UserError extends RunError {
  override readonly name: string = "UserError";
  constructor(message: string) {
    super(shown(message));
  }
}

/** More than this nobody reads at once; it usually is one mistake many times. */
const SHOWN = 50;

/** All problems as text, a line each, in the order of file and line. */
function formatProblems(problems: readonly Problem[]): string {
  const sorted = [...problems].sort(
    (a, b) => a.file.localeCompare(b.file) || (a.line ?? 0) - (b.line ?? 0),
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
