import { createHash } from "node:crypto";
import { translateCondaFile } from "../conda/condaPackages";
import { fits } from "../conda/matchSpec";
import { UserError } from "../errors";
import { IMAGE_PYTHON, MLFLOW_REQUIREMENTS } from "./host";

/**
 * The lock of an MLflow model: every package of its environment and of what serves it, with version and hashes, as pip reads
 * them. It lies in the model's folder, so it is uploaded, versioned and released with the model.
 */
export const LOCK_FILE = "requirements.lock";

/** What the first line of a lock says. */
export interface LockOrigin {
  /** Minor version, such as `3.11`. */
  readonly python: string;
  /** SHA-256 of what was resolved, in hex. */
  readonly hash: string;
}

const HEAD =
  /^# Made by npm run mlflow:lock for Python (3\.\d+) from requirements with SHA-256 ([0-9a-f]{64})\r?\n/;

export function lockHead({ python, hash }: LockOrigin): string {
  return `# Made by npm run mlflow:lock for Python ${python} from requirements with SHA-256 ${hash}\n`;
}

/** Undefined for a file that the command did not make. */
export function lockOrigin(text: string): LockOrigin | undefined {
  const [, python, hash] = HEAD.exec(text) ?? [];
  return python === undefined || hash === undefined ? undefined : { python, hash };
}

/** What is resolved into a lock. */
export interface LockInput extends LockOrigin {
  readonly requirements: readonly string[];
  readonly warnings: readonly string[];
}

/** @throws UserError when the conda file is not understood, or takes no Python that the image could have */
export function lockInput(condaFile: string, called: string): LockInput {
  const { python, pythonLine, requirements, warnings } = translateCondaFile(
    condaFile,
    called,
    MLFLOW_REQUIREMENTS,
  );
  const chosen = imagePython(python);
  if (chosen === undefined) {
    throw new UserError(
      `${called}:${pythonLine ?? 1}: asks for Python ${python ?? ""}; the image can have 3.${OLDEST_MINOR} to 3.${NEWEST_MINOR}`,
    );
  }
  const hash = createHash("sha256").update(requirements.join("\n")).digest("hex");
  return { python: chosen, hash, requirements, warnings };
}

/** Minor versions of Python 3 that this project's servers run on. */
const OLDEST_MINOR = 10;
const NEWEST_MINOR = 13;
/** More than any minor version of Python has had. */
const PATCHES = 40;

/** The image's own Python where the conda file takes it, else the oldest that it takes. Another patch is as good. */
function imagePython(wanted = ""): string | undefined {
  const minors = Array.from(
    { length: NEWEST_MINOR - OLDEST_MINOR + 1 },
    (_, index) => `3.${OLDEST_MINOR + index}`,
  );
  return [IMAGE_PYTHON, ...minors].find((minor) =>
    Array.from({ length: PATCHES }, (_, patch) => `${minor}.${patch}`).some((version) =>
      fits(version, wanted),
    ),
  );
}
