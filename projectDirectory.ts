import { join, relative, resolve, sep } from "node:path";

/** Absolute folder of the project; paths in settings are relative to it. */
export const PROJECT_DIRECTORY = __dirname;

/**
 * The file or folder that a user means by a path on a command line.
 *
 * npm runs a script in the project's folder, and names the folder where the user is in INIT_CWD (npm's documentation
 * of `npm run`). Both hold for the commands of this project alone: a process that a script starts in another project
 * inherits the variables.
 */
export function userPath(typed: string): string {
  const { INIT_CWD: folder, npm_package_json: npmProject } = process.env;
  const isByNpm =
    process.cwd() === PROJECT_DIRECTORY && npmProject === join(PROJECT_DIRECTORY, "package.json");
  // What is empty is refused by each command.
  if (!isByNpm || folder === undefined || typed.trim() === "") return typed;
  return shownPath(resolve(folder, typed));
}

/** A path as messages show it: relative in the current folder, which is the project's, and absolute elsewhere. */
export function shownPath(file: string): string {
  const short = relative(process.cwd(), file);
  return short === ".." || short.startsWith(`..${sep}`) ? file : short || ".";
}
