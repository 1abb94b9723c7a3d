/** Reads a Python traceback out of a server's output: where in the user's own code it ends, and what was raised. */

export interface ScriptError {
  /** Absolute path, below the folder with the scoring code. */
  readonly file: string;
  readonly line: number;
  /** The function that the line is in; missing for code that is run by the import, and for a syntax error. */
  readonly inFunction?: string;
  /** `RuntimeError: no weights`, on one line. */
  readonly exception: string;
}

interface Block {
  readonly frames: Omit<ScriptError, "exception">[];
  exception?: string;
}

/** Characters of an exception's message that are shown. */
const SHOWN = 300;

/**
 * The last traceback with a line of the scoring code in it. The inference server wraps the script's exceptions in its
 * own, so that the very last traceback of its output is never the user's.
 */
export function scriptError(output: string, codeDirectory: string): ScriptError | undefined {
  const own = blocksIn(output).findLast(({ frames }) => frames.some(isOwn(codeDirectory)));
  const frame = own?.frames.findLast(isOwn(codeDirectory));
  if (own?.exception === undefined || frame === undefined) return undefined;
  return { ...frame, exception: shortened(own.exception) };
}

/** The last exception, wherever it was raised. */
export function lastException(output: string): string | undefined {
  const found = blocksIn(output).findLast(({ exception }) => exception !== undefined)?.exception;
  return found === undefined ? undefined : shortened(found);
}

/** The last exception that is not the inference server's own, which it wraps around that of a script. */
export function exceptionBelowServer(output: string): string | undefined {
  const isServers = (text: string) => text.startsWith("azureml_inference_server_http.");
  const found = blocksIn(output).findLast(
    ({ exception }) => exception !== undefined && !isServers(exception),
  )?.exception;
  return found === undefined ? undefined : shortened(found);
}

function isOwn(codeDirectory: string) {
  return ({ file }: { readonly file: string }) => file.startsWith(`${codeDirectory}/`);
}

/** The format of Python's `traceback` module; a log line may come before its first line. */
function blocksIn(output: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | undefined;
  for (const line of output.split(/\r?\n/)) {
    if (line.endsWith("Traceback (most recent call last):")) {
      open = { frames: [] };
      blocks.push(open);
    } else if (open === undefined) {
      continue;
    } else if (line.startsWith(" ")) {
      const frame = /^ +File "([^"]+)", line (\d+)(?:, in (.+))?$/.exec(line);
      const [, file = "", number = "", name] = frame ?? [];
      const isNamed = name !== undefined && !name.startsWith("<");
      const inFunction = isNamed ? { inFunction: name } : {};
      if (frame !== null) open.frames.push({ file, line: Number(number), ...inFunction });
    } else if (line !== "") {
      open.exception = line;
      open = undefined;
    }
  }
  return blocks;
}

export function shortened(text: string): string {
  // Control characters in a script's exception must not act on the terminal.
  const line = text.replaceAll(/\p{Cc}+/gu, " ").trim();
  return line.length > SHOWN ? `${line.slice(0, SHOWN)} …` : line;
}
