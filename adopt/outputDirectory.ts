import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { assertEmpty } from "../command";
import { cannotWrite } from "../errors";

/** Texts by path below the folder. */
export type Files = Readonly<Record<string, string>>;

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
