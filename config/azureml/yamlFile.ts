import { readFile } from "node:fs/promises";
import { isScalar, LineCounter, parseDocument, type YAMLError } from "yaml";
import type { Problem } from "../../errors";
import { fileProblem } from "./fileProblems";
import { hideTemplates } from "./placeholders";
import { unfolded, UnfoldingError, type YamlFile } from "./yamlTree";

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
export async function readYamlFile(file: string): Promise<ReadYaml> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return { problems: [{ file, severity: "error", message: fileProblem(error) }] };
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
  const lines = new LineCounter();
  const found: Problem[] = [];
  const add = (message: string, line?: number, key?: string) =>
    found.push({
      file,
      severity: "error",
      message,
      ...(line === undefined ? {} : { line }),
      ...(key === undefined ? {} : { key }),
    });
  try {
    const document = parseDocument(hideTemplates(text), {
      version: "1.1",
      lineCounter: lines,
      merge: true,
      prettyErrors: false,
    });
    const errors = [
      ...document.errors,
      ...document.warnings.filter((warning) => warning.code === "TAG_RESOLVE_FAILED"),
    ];
    const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line);
    const [first] = errors.filter((error) => error.code !== "DUPLICATE_KEY");
    if (first !== undefined) {
      // One slip makes the parser stumble over all that follows: only the first error is the user's.
      add(syntaxMessage(first), lineAt(first.pos[0]));
      return { text, problems: found };
    }
    for (const error of errors) {
      add(
        "is written twice in the same mapping; keep one",
        lineAt(error.pos[0]),
        keyAt(text, error.pos[0]),
      );
    }
    if (
      document.contents === null ||
      (isScalar(document.contents) && document.contents.value === null)
    ) {
      add("is empty");
      return { text, problems: found };
    }
    return { text, yaml: unfolded(file, document, lineAt), problems: found };
  } catch (error) {
    if (error instanceof UnfoldingError) add(error.message, error.line);
    else if (error instanceof RangeError) add("is nested too deeply to be read");
    else throw error;
    return { text, problems: found };
  }
}

/** The key that begins at an offset, for a message about it. */
function keyAt(text: string, offset: number): string {
  return /^[^:\r\n]*/.exec(text.slice(offset))?.[0].trim() ?? "";
}

/** The parser's errors in the words of someone who writes YAML, not of one who parses it. */
function syntaxMessage({ code, message }: YAMLError): string {
  const missing = /^Missing closing (.)/.exec(message)?.[1];
  if (missing !== undefined)
    return `has a text that begins with ${missing} and does not end before this line`;
  const bracket = /end with a (.)$/.exec(message)?.[1];
  if (bracket !== undefined)
    return `has a ${bracket === "]" ? "[" : "{"} before this line without its ${bracket}`;
  switch (code) {
    case "TAB_AS_INDENT":
      return "is indented with a tab; YAML takes spaces only";
    case "MULTIPLE_DOCS":
      return 'holds several YAML documents (a line "---" begins another); keep one a file';
    case "MULTILINE_IMPLICIT_KEY":
    case "MISSING_CHAR":
      return 'is not YAML: a key is followed by a colon and a space, as in "name: value"';
    case "BLOCK_AS_IMPLICIT_KEY":
      return 'is not YAML: the next line is indented too far, or a value holds ": " and needs quotes';
    case "BAD_INDENT":
      return "is not YAML: its indentation fits none of the lines above";
    case "BAD_SCALAR_START":
      return "is not YAML: a value that begins with @, ` or % needs quotes";
    case "TAG_RESOLVE_FAILED":
      return `uses a YAML tag that means nothing here (${message}); remove it`;
    default:
      return `is not YAML: ${message.replace(/\.$/, "")}`;
  }
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
