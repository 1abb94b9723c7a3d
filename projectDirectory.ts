import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";

/**
 * Whether this is the package that another project imports. Its modules are JavaScript (tsconfig.package.json); in the
 * project itself the same modules run as TypeScript.
 */
export const IS_PACKAGE = !__filename.endsWith(".ts");

/** Absolute folder of the project; paths in settings are relative to it. */
export const PROJECT_DIRECTORY = IS_PACKAGE ? pulumiProject(process.cwd()) : __dirname;

/** The nearest folder with a Pulumi.yaml, as the Pulumi CLI looks for it; the current folder where there is none. */
function pulumiProject(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (["Pulumi.yaml", "Pulumi.yml"].some((name) => existsSync(join(folder, name)))) return folder;
    if (folder === dirname(folder)) return from;
  }
}

/** What can be made again, shared by all stacks and clones of a user; XDG_CACHE_HOME is honoured. */
export function cacheDirectory(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "mlscore");
}

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

/**
 * A path as messages and settings have it: relative in a folder, and absolute elsewhere.
 *
 * @param folder the current one, which is the project's, unless said
 */
export function shownPath(file: string, folder = process.cwd()): string {
  const short = relative(folder, file);
  return short === ".." || short.startsWith(`..${sep}`) ? file : short || ".";
}
