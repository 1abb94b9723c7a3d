import writeFileAtomic from "write-file-atomic";
import { isMap, isScalar } from "yaml";
import { cannotWrite, UserError } from "../errors";
import { MOST_BYTES, readUserFile } from "../input/userFile";
import { parsedYaml } from "../input/yamlSyntax";

export const PAUSED = "mlscore:paused";

/**
 * Writes `mlscore:paused: true` into a stack's settings, or takes it out; every other letter of the file stays.
 *
 * @returns whether anything had to change
 * @throws UserError when the file has a form in which one line cannot be changed alone
 */
export async function writePaused(file: string, isPaused: boolean): Promise<boolean> {
  const text = readUserFile(file, MOST_BYTES.text).toString();
  const was = pausedIn(text);
  if (was === isPaused) return false;
  const next = isPaused ? withLine(text) : withoutLine(text);
  if (next === undefined || pausedIn(next) !== isPaused) {
    throw new UserError(
      `${file} has a form that this program cannot edit; write or remove ${PAUSED}: true by hand, and run this again`,
    );
  }
  await writeFileAtomic(file, next).catch((error: unknown) => {
    throw cannotWrite(file, error);
  });
  return true;
}

function pausedIn(text: string): boolean {
  const value: unknown = parsedYaml(text, "1.2").document.getIn(["config", PAUSED]);
  return value === true || value === "true";
}

/** Before the first setting, as it is indented. */
function withLine(text: string): string | undefined {
  const removed = withoutLine(text) ?? text;
  const config: unknown = parsedYaml(removed, "1.2").document.get("config", true);
  const key: unknown = isMap(config) && !config.flow ? config.items[0]?.key : undefined;
  const start = isScalar(key) ? key.range?.[0] : undefined;
  if (start === undefined) return undefined;
  const lineStart = removed.lastIndexOf("\n", start - 1) + 1;
  const indent = removed.slice(lineStart, start);
  const end = removed.includes("\r\n") ? "\r\n" : "\n";
  return `${removed.slice(0, lineStart)}${indent}${PAUSED}: true${end}${removed.slice(lineStart)}`;
}

function withoutLine(text: string): string | undefined {
  const line =
    /^[ \t]*(["']?)mlscore:paused\1[ \t]*:[ \t]*["']?(?:true|false)["']?[ \t]*(?:#.*)?\r?\n?/m;
  return line.test(text) ? text.replace(line, "") : undefined;
}
