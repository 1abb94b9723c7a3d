import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildOnce } from "../local/endpoint/buildOnce";
import { runCommand, STDIN_GUARD } from "../local/endpoint/command";

/** Builds the virtual environment of python.ts: `buildPython.ts REQUIREMENTS DIRECTORY`. */

/** Under the guard, so that a killed run leaves no pip behind. */
async function run(command: string, args: readonly string[], advice = ""): Promise<void> {
  const { code, output } = await runCommand(command, [STDIN_GUARD, command, ...args]);
  if (code === 0) return;
  throw new Error(`\`${command} ${args.slice(0, 3).join(" ")} …\` failed. ${advice}\n${output}`);
}

async function main(requirements: string, directory: string): Promise<void> {
  mkdirSync(dirname(directory), { recursive: true });
  const pythonIn = (folder: string) => join(folder, "bin", "python");
  const build = async (folder: string) => {
    const venv = ["-m", "venv", folder];
    await run("python3", venv, "On Debian the package python3-venv is needed.");
    const options = ["--quiet", "--disable-pip-version-check", "--require-hashes"];
    await run(pythonIn(folder), ["-m", "pip", "install", ...options, "-r", requirements]);
  };
  const isUsable = (folder: string) => existsSync(pythonIn(folder));
  const built = await buildOnce(directory, build, { isUsable });
  await built.release();
}

const [requirements = "", directory = ""] = process.argv.slice(2);
main(requirements, directory).catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
