import path from "node:path";
import { MOST_BYTES, readUserFile } from "../../input/userFile";
import type { AssetFile } from "../types";
import type { Report } from "./issues";
import { parseYaml } from "./yamlFile";

/**
 * A build context for Spark has `jars.lock` beside `conda.yml`: which JARs are baked into the image, and for which
 * packages. Versions that do not belong together build and even start, so the image's own check
 * (scoring/environment-spark/bake.py) refuses them; this one does so in the preview, from the two texts alone.
 */

const LOCK = "jars.lock";
const CONDA = "conda.yml";
const FIX = "run bake.py --lock with the packages of conda.yml installed";

export interface JarLockProblem {
  /** 1-based line of the lock. */
  readonly line: number;
  readonly message: string;
}

/** Checks the lock in a build context, if it has one. @param folder the context, as the user would type it */
export function checkJarLock(files: readonly AssetFile[], folder: string, report: Report): void {
  const text = (name: string) => {
    const found = files.find((file) => file.path === name);
    return found === undefined ? undefined : readUserFile(found.source, MOST_BYTES.text).toString();
  };
  const lock = text(LOCK);
  if (lock === undefined) return;
  const file = path.join(folder, LOCK);
  for (const problem of jarLockProblems(lock, text(CONDA)))
    report.problems.push({ file, ...problem, severity: "error" });
}

interface Entry {
  readonly line: number;
  readonly value: string;
}

interface Lock {
  /** What the lock was made for: pyspark, delta-spark, and the Scala and Hadoop inside pyspark. */
  readonly versions: ReadonlyMap<string, Entry>;
  /** Version by `group:artifact`. */
  readonly jars: ReadonlyMap<string, Entry>;
  readonly problems: readonly JarLockProblem[];
}

/** Where a lock disagrees with the conda file, or with itself. */
export function jarLockProblems(lockText: string, condaText: string | undefined): JarLockProblem[] {
  const lock = readLock(lockText);
  const problems = [...lock.problems];
  const pins = condaText === undefined ? undefined : exactPins(condaText);
  if (pins === undefined) {
    problems.push({
      line: 1,
      message: `has no ${CONDA} beside it that pins pyspark and delta-spark`,
    });
  }
  for (const name of ["pyspark", "delta-spark", "scala", "hadoop"]) {
    const locked = lock.versions.get(name);
    if (locked === undefined) {
      problems.push({ line: 1, message: `does not say which ${name} it was made for; ${FIX}` });
    } else if (name.endsWith("spark") && pins !== undefined && pins.get(name) !== locked.value) {
      const pinned = pins.get(name);
      const says = pinned === undefined ? `pins no ${name} exactly` : `has ${name} ${pinned}`;
      const message = `was made for ${name} ${locked.value}, but ${CONDA} ${says}; ${FIX}`;
      problems.push({ line: locked.line, message });
    }
  }
  return [...problems, ...wrongJars(lock)];
}

/** The JARs whose versions follow from what the lock was made for, as bake.py derives them. */
function wrongJars({ versions, jars }: Lock): JarLockProblem[] {
  const version = (name: string) => versions.get(name)?.value ?? "";
  const spark = version("pyspark").split(".").slice(0, 2).join(".");
  const delta = `io.delta:delta-spark_${spark}_${version("scala")}`;
  const wanted = [
    { jar: delta, of: "delta-spark" },
    { jar: "org.apache.hadoop:hadoop-azure", of: "hadoop" },
    { jar: "org.apache.hadoop:hadoop-azure-datalake", of: "hadoop" },
  ];
  return wanted.flatMap(({ jar, of }) => {
    const needed = versions.get(of);
    const found = jars.get(jar);
    if (needed === undefined || found?.value === needed.value) return [];
    const has = found === undefined ? "is not in it" : `has version ${found.value}`;
    const message = `${jar} ${has}, but ${of} is ${needed.value}: it must be the same; ${FIX}`;
    return [{ line: found?.line ?? needed.line, message }];
  });
}

function readLock(text: string): Lock {
  const versions = new Map<string, Entry>();
  const jars = new Map<string, Entry>();
  const problems: JarLockProblem[] = [];
  for (const [index, content] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    if (content === "" || content.startsWith("#")) continue;
    const jar = /^([\w.-]+:[\w.-]+):([\w.-]+) sha256:[0-9a-f]{64}$/.exec(content);
    const version = /^([a-z-]+)=(\S+)$/.exec(content);
    if (jar !== null) jars.set(jar[1] ?? "", { line, value: jar[2] ?? "" });
    else if (version !== null) versions.set(version[1] ?? "", { line, value: version[2] ?? "" });
    else {
      problems.push({
        line,
        message: `has neither name=version nor group:artifact:version sha256:<64 digits>; ${FIX}`,
      });
    }
  }
  return { versions, jars, problems };
}

/** Exact versions by package, from conda's own list and from pip's part of it. */
function exactPins(condaText: string): ReadonlyMap<string, string> {
  const value = parseYaml(CONDA, condaText).yaml?.value as
    { readonly dependencies?: readonly unknown[] } | undefined;
  const dependencies = Array.isArray(value?.dependencies) ? value.dependencies : [];
  const lines = dependencies.flatMap((entry: unknown) => {
    if (typeof entry === "string") return [entry];
    const pip = (entry as { readonly pip?: readonly unknown[] } | null)?.pip;
    return (Array.isArray(pip) ? pip : []).filter((line) => typeof line === "string");
  });
  const pins = lines.map((line) => /^\s*([\w-]+)\s*={1,2}\s*([\w.]+)\s*$/.exec(line));
  return new Map(pins.flatMap((pin) => (pin === null ? [] : [[pin[1] ?? "", pin[2] ?? ""]])));
}
