import { readdirSync, writeFileSync } from "node:fs";
import type { Argument, Command, Option } from "commander";
import { cannotWrite, ConfigError, diskFull, errorText, UserError } from "./errors";
import { printBug, printError } from "./output";
import { userPath } from "./projectDirectory";

/** The names that this project's options and arguments have where their values are paths. */
const PATHS = new Set(["file", "files", "dir", "path", "conda-file"]);

/**
 * Runs a command line to its end. A user's mistake is shown as it is and ends with status 1; anything else is a bug
 * of this program and keeps its stack trace.
 */
export async function runCommand(command: Command): Promise<void> {
  // A reader of the output may stop early, as `head` does.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? 0 : 1);
  });
  readPathsOfUser(command);
  try {
    await command.parseAsync();
  } catch (caught) {
    const error = diskFull(caught) ?? caught;
    if (error instanceof ConfigError || error instanceof UserError) {
      printError(errorText(error));
    } else {
      printBug(error);
    }
    process.exitCode = 1;
  }
}

/** Every path on the command line is relative to the folder where the user is, which npm leaves. */
function readPathsOfUser(command: Command): void {
  for (const option of command.options) {
    const [, name = ""] = /[<[]([\w-]+)/.exec(option.flags) ?? [];
    if (PATHS.has(name)) option.argParser(pathOf(option));
  }
  for (const argument of command.registeredArguments) {
    if (PATHS.has(argument.name())) argument.argParser(pathOf(argument));
  }
  command.commands.forEach(readPathsOfUser);
}

function pathOf({ variadic }: Option | Argument) {
  return (typed: string, before: unknown): string | string[] => {
    if (!variadic) return userPath(typed);
    return [...(Array.isArray(before) ? before.map(String) : []), userPath(typed)];
  };
}

/** Writes a file that the user has named. @throws UserError with its path and the reason when it cannot be written */
export function writeUserFile(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw cannotWrite(file, error);
  }
}

/** @throws UserError when a folder to write to is taken: what is there is never touched */
export function assertEmpty(directory: string): void {
  if (directory.trim() === "") throw new UserError("--out is empty; name a folder.");
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return;
    throw new UserError(
      code === "ENOTDIR"
        ? `${directory} is a file; name a folder that is empty or does not exist yet.`
        : `${directory} cannot be read: ${(error as Error).message}`,
    );
  }
  if (names.length > 0) {
    throw new UserError(
      `${directory} is not empty (${names[0] ?? ""}); name a folder that is empty or does not exist yet.`,
    );
  }
}
