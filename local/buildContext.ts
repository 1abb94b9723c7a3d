import { readFile } from "node:fs/promises";
import { join } from "node:path";
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

export async function buildFiles(directory: string): Promise<BuildFiles> {
  const text = (name: string) => readFile(join(directory, name), "utf8").catch(() => undefined);
  const condaFile = await text("conda.yml");
  return {
    ...(condaFile === undefined ? {} : { condaFile }),
    bakes: (await text("bake.py")) !== undefined,
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
