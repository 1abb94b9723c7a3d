import {
  Composer,
  type CST,
  type Document,
  Lexer,
  LineCounter,
  Parser,
  type YAMLError,
} from "yaml";

/** Characters of a YAML text. Far more than anyone writes; the same as the bytes of a file that is read as text. */
const MOST_CHARACTERS = 1024 * 1024;
/** Words and signs of a YAML text: what the time to parse depends on. */
const MOST_TOKENS = 200_000;
/** Lists and mappings within each other. The parser calls itself for each, and ends the process when it runs out of stack. */
const MOST_NESTED = 100;

/** What is wrong with a YAML text, without the name of its file. */
export interface YamlProblem {
  readonly message: string;
  /** 1-based. */
  readonly line?: number;
  /** Dotted path of the key. */
  readonly key?: string;
}

/** Ends the reading of a text: nothing after this can be trusted, or would take too long. */
export class YamlRefusal extends Error {
  constructor(readonly problem: YamlProblem) {
    super(problem.message);
  }
}

export type YamlVersion = "1.1" | "1.2";

export interface ParsedYaml {
  readonly document: Document;
  /** 1-based line of a position in the text. */
  readonly lineAt: (offset: number) => number;
}

/**
 * Parses a text into the package's tree, in a time that grows with the text's length and no faster. Keys that are
 * written twice are not looked for here: the package compares each with each.
 *
 * @throws YamlRefusal when it is not YAML, or more than is taken
 */
export function parsedYaml(text: string, version: YamlVersion): ParsedYaml {
  if (text.length > MOST_CHARACTERS) {
    throw new YamlRefusal({ message: "is longer than 1 MiB, the most that is read as YAML" });
  }
  const lines = new LineCounter();
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line);
  const composer = new Composer({ version, prettyErrors: false, uniqueKeys: false });
  const documents = composer.compose(boundedTokens(text, lines), true, text.length);
  const document = documents.next().value;
  if (document === undefined) throw new YamlRefusal({ message: "is empty" });
  const unknownTags = document.warnings.filter(({ code }) => code === "TAG_RESOLVE_FAILED");
  // One slip makes the parser stumble over all that follows: only the first error is the user's.
  const [first] = [...document.errors, ...unknownTags];
  if (first !== undefined) {
    throw new YamlRefusal({ message: syntaxMessage(first), line: lineAt(first.pos[0]) });
  }
  const other = documents.next().value;
  if (other !== undefined) {
    const message = 'holds several YAML documents (a line "---" begins another); keep one per file';
    throw new YamlRefusal({ message, line: lineAt(other.range[0]) });
  }
  return { document, lineAt };
}

/** The package's own parser, stopped where a text is more than is taken. */
function* boundedTokens(text: string, lines: LineCounter): Generator<CST.Token, void> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let count = 0;
  const refuse = (message: string) => {
    const { line } = lines.linePos(parser.offset);
    return new YamlRefusal({ message, line: Math.max(1, line) });
  };
  for (const source of new Lexer().lex(text)) {
    count += 1;
    if (count > MOST_TOKENS) {
      throw refuse(`has more than ${MOST_TOKENS} tokens up to here, the most that is read`);
    }
    yield* parser.next(source);
    // The document itself is on the stack too.
    if (parser.stack.length > MOST_NESTED + 1) {
      throw refuse(
        `is nested too deeply: more than ${MOST_NESTED} lists and mappings within each other`,
      );
    }
  }
  yield* parser.end();
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
