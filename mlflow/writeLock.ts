import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeUserFile } from "../command";
import { UserError } from "../errors";
import { MOST_BYTES, readUserFile } from "../input/userFile";
import { LOCK_FILE, lockHead, lockInput, type LockInput } from "./lock";
import { isMlflowModel, mlflowEnvironment } from "./model";

export interface LockResult extends LockInput {
  readonly file: string;
}

/**
 * Resolves the packages of a model into the lock in its folder. What is locked already keeps its version.
 *
 * @param condaFile the deployment's own, where it has an environment; the model's otherwise
 * @throws UserError
 */
export function writeLock(folder: string, condaFile?: string): LockResult {
  if (!isMlflowModel(folder)) {
    throw new UserError(`${folder} has no file MLmodel, so it is no MLflow model.`);
  }
  const own = mlflowEnvironment(folder);
  const input =
    condaFile === undefined
      ? lockInput(own.condaFile, join(folder, own.path))
      : lockInput(readUserFile(condaFile, MOST_BYTES.text).toString(), condaFile);
  const file = join(folder, LOCK_FILE);
  writeUserFile(file, lockHead(input) + resolved(input, file));
  return { ...input, file };
}

/** The hashed requirements of everything that `requirements` need, for the platform of the image (linux/amd64). */
function resolved({ python, requirements }: LockInput, former: string): string {
  const directory = mkdtempSync(join(tmpdir(), "mlscore-lock-"));
  try {
    const [input, output] = [join(directory, "in.txt"), join(directory, "out.txt")];
    writeFileSync(input, `${requirements.join("\n")}\n`);
    // uv keeps the versions of the file that it writes to.
    if (existsSync(former)) copyFileSync(former, output);
    uv(
      "pip",
      "compile",
      "--quiet",
      "--python-version",
      python,
      "--output-file",
      output,
      input,
      ...[
        ...["--python-platform", "x86_64-manylinux_2_28", "--only-binary", ":all:"],
        ...["--generate-hashes", "--no-annotate", "--no-header", "--no-strip-extras"],
      ],
    );
    return readUserFile(output, MOST_BYTES.document).toString();
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The program, or the package of a Python. */
const COMMANDS = [["uv"], ["python3", "-m", "uv"]] as const;

function uv(...args: readonly string[]): void {
  const found = COMMANDS.find(
    ([command, ...first]) => spawnSync(command, [...first, "--version"]).status === 0,
  );
  if (found === undefined) {
    throw new UserError(
      "uv is needed to resolve packages and is neither on the PATH nor a package of python3; install it: pip install uv",
    );
  }
  const [command, ...first] = found;
  const done = spawnSync(command, [...first, ...args], { encoding: "utf8" });
  if (done.status !== 0) {
    throw new UserError(`The model's packages cannot be resolved:\n${done.stderr.trim()}`);
  }
}
