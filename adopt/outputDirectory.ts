import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { cannotWrite, UserError } from "../errors";

/** Texts by path below the folder. */
export type Files = Readonly<Record<string, string>>;

/** @throws UserError when the place is taken: what is there is never touched */
export function assertEmpty(directory: string): void {
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

/**
 * Lets the work write into a folder beside the target, which becomes the target when all is done. Whatever ends the work before
 * leaves nothing, at either place; only a process that is killed outright leaves the folder beside.
 *
 * @throws UserError when the place is taken or cannot be written
 */
export async function writeWhole<T>(
  directory: string,
  work: (write: (files: Files) => void, folder: string) => Promise<T>,
): Promise<T> {
  assertEmpty(directory);
  const target = resolve(directory);
  const beside = `${target}.${process.pid}.next`;
  const remove = () => {
    rmSync(beside, { recursive: true, force: true });
  };
  const interrupted = (signal: NodeJS.Signals) => {
    remove();
    process.exit(signal === "SIGINT" ? 130 : 143);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.once(signal, interrupted);
  try {
    const result = await work((files) => {
      writeFiles(beside, files, directory);
    }, beside);
    // Onto an empty folder too; one that has been filled meanwhile stays as it is.
    wrapped(directory, () => {
      renameSync(beside, target);
    });
    return result;
  } finally {
    for (const signal of signals) process.off(signal, interrupted);
    remove();
  }
}

function writeFiles(folder: string, files: Files, directory: string): void {
  wrapped(directory, () => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  });
}

function wrapped(directory: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOTEMPTY" || code === "EEXIST") assertEmpty(directory);
    throw cannotWrite(directory, error);
  }
}
