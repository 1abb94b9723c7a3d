import { z } from "zod";
import { ConfigError, type Problem } from "../../errors";
import { MOST_BYTES, readUserFile } from "../../input/userFile";
import { shownPath } from "../../projectDirectory";
import { capturedLine, type CapturedLine } from "../endpoint";

/** A captured request with the line of the file that it is from. */
export type Captured = CapturedLine & { readonly line: number };

/**
 * The requests of a file that `capture` has written.
 *
 * @throws ConfigError with every line that is none, or when there is none
 */
export function readCaptured(file: string): readonly Captured[] {
  const name = shownPath(file);
  const problems: Problem[] = [];
  const found: Captured[] = [];
  const lines = readUserFile(file, MOST_BYTES.request).toString().split("\n");
  for (const [index, text] of lines.entries()) {
    if (text.trim() === "") continue;
    const line = index + 1;
    const read = lineOf(text);
    if (typeof read === "string")
      problems.push({ file: name, line, message: read, severity: "error" });
    else found.push({ ...read, line });
  }
  if (problems.length === 0 && found.length === 0) {
    problems.push({ file: name, message: "has no captured request", severity: "error" });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return found;
}

/** The request, or in words why the line is none. */
function lineOf(text: string): CapturedLine | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "is not JSON; each line is a request that `capture` has kept";
  }
  const result = capturedLine.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const key = issue?.path.join(".") ?? "";
  return `is not a captured request: ${key === "" ? "" : `${key}: `}${issue?.message ?? z.prettifyError(result.error)}`;
}
