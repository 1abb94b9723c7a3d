import { spawnSync } from "node:child_process";

const MOST_BYTES = 256 * 1024 * 1024;

/** What git prints, without the last line break; undefined when it fails. */
export function git(repository: string, ...args: readonly string[]): string | undefined {
  return gitOutput(repository, args)?.trim();
}

/** The items of a list that git prints with `-z`; undefined when it fails. */
export function gitList(
  repository: string,
  ...args: readonly string[]
): readonly string[] | undefined {
  return gitOutput(repository, args)
    ?.split("\0")
    .filter((item) => item !== "");
}

/** The texts of blobs by their ids; undefined when git fails. */
export function gitBlobs(
  repository: string,
  ids: readonly string[],
): ReadonlyMap<string, string> | undefined {
  const output = run(repository, ["cat-file", "--batch"], ids.map((id) => `${id}\n`).join(""));
  if (output === undefined) return undefined;
  const texts = new Map<string, string>();
  // For each `<id> blob <bytes>`, the bytes, and a line break (git cat-file, "Batch output").
  for (let at = 0; at < output.length;) {
    const end = output.indexOf("\n", at);
    const [id = "", type, size] = output.toString("utf8", at, end).split(" ");
    if (type !== "blob") return undefined;
    const next = end + 1 + Number(size);
    texts.set(id, output.toString("utf8", end + 1, next));
    at = next + 1;
  }
  return texts;
}

/** What git prints; undefined when it fails. */
export function gitOutput(repository: string, args: readonly string[]): string | undefined {
  return run(repository, args)?.toString();
}

function run(repository: string, args: readonly string[], input = ""): Buffer | undefined {
  const done = spawnSync("git", ["-C", repository, ...args], {
    input,
    maxBuffer: MOST_BYTES,
    stdio: ["pipe", "pipe", "ignore"],
    // A hook that runs this names its own repository in the environment.
    env: Object.fromEntries(
      Object.entries(process.env).filter(([key]) => !/^GIT_(DIR|INDEX_FILE|WORK_TREE)$/.test(key)),
    ),
  });
  return done.status === 0 ? done.stdout : undefined;
}
