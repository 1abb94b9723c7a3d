import path from "node:path";
import type { Problem } from "../../errors";
import { MOST_BYTES, readUserFile, UnreadableFile } from "../../input/userFile";
import { parseYaml as parsed } from "../../input/yaml";
import { hideTemplates, showTemplates } from "./placeholders";
import type { YamlFile } from "./yamlTree";

export type { YamlFile } from "./yamlTree";

export interface ReadYaml {
  readonly yaml?: YamlFile;
  /** The whole text when the file could be decoded: what kind of file it was meant to be can be guessed from it. */
  readonly text?: string;
  readonly problems: readonly Problem[];
}

/**
 * Reads YAML the way the Azure CLI does (PyYAML's safe_load: YAML 1.1, so `yes` is true; anchors and merge keys
 * work), except that a key written twice is an error and not silently the last one.
 */
export function readYamlFile(file: string): ReadYaml {
  let bytes: Buffer;
  try {
    bytes = readUserFile(file, MOST_BYTES.text);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    return { problems: [{ file, severity: "error", message: error.problem }] };
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const line = firstBadLine(bytes);
    const message = "is not UTF-8 text; save the file in the encoding UTF-8";
    return { problems: [{ file, line, severity: "error", message }] };
  }
  return parseYaml(file, text);
}

/** The parsing half of `readYamlFile`. */
export function parseYaml(file: string, text: string): ReadYaml {
  const options = { version: "1.1", shown: showTemplates } as const;
  const { yaml, problems } = parsed(hideTemplates(text), options);
  if (yaml?.value === null)
    return { text, problems: [{ file, severity: "error", message: "is empty" }] };
  return {
    text,
    ...(yaml === undefined ? {} : { yaml: { ...yaml, file, path: path.resolve(file) } }),
    problems: problems.map((problem) => ({ file, severity: "error", ...problem })),
  };
}

function firstBadLine(bytes: Buffer): number {
  const lines = bytes.toString("latin1").split("\n");
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const bad = lines.findIndex((line) => {
    try {
      decoder.decode(Buffer.from(line, "latin1"));
      return false;
    } catch {
      return true;
    }
  });
  return bad + 1;
}
