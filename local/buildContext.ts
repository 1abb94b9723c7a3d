import { existsSync } from "node:fs";
import { join } from "node:path";
import { MOST_BYTES, readTextIfThere } from "../input/userFile";
import { runCommand } from "./endpoint/command";

/**
 * A build context is built by Docker, in Azure. On this machine one is run without, by this project's convention: when
 * it has a `conda.yml`, the environment is built from that, and when it has a `bake.py` too, that completes it.
 */
export interface BuildFiles {
  /** Text of the context's conda file; missing when it has none. */
  readonly condaFile?: string;
  /** Whether there is a bake.py. */
  readonly bakes: boolean;
}

/** @throws UnreadableFile when there is a conda file that cannot be read */
export function buildFiles(directory: string): BuildFiles {
  const condaFile = readTextIfThere(join(directory, "conda.yml"), MOST_BYTES.text);
  return {
    ...(condaFile === undefined ? {} : { condaFile }),
    bakes: existsSync(join(directory, "bake.py")),
  };
}

/** The oldest Java that Spark 4 runs on (Spark's documentation, "Downloading"). */
const OLDEST_JAVA = 17;

/** What a bake.py needs, and what it bakes, and this machine does not have: Java to run, Maven to resolve. */
export async function bakeNeeds(): Promise<string[]> {
  const java = await runCommand("java", ["-version"]);
  const version = Number(/version "(\d+)/.exec(java.output)?.[1] ?? 0);
  const maven = await runCommand("mvn", ["--version"]);
  return [
    ...(java.code === 0 && version >= OLDEST_JAVA ? [] : [`Java ${OLDEST_JAVA} or later`]),
    ...(maven.code === 0 ? [] : ["Maven"]),
  ];
}
