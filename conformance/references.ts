import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { AssumptionId } from "../assumptions";

const PROJECT = join(__dirname, "..");
const FOLDERS = [
  "components",
  "config",
  "emulator",
  "local",
  "policy",
  "review",
  "rollout",
  "traffic",
];

/** Files of the program and its emulator that name an assumption, by its id. */
export function references(ids: readonly AssumptionId[]): ReadonlyMap<AssumptionId, string[]> {
  const sources = FOLDERS.flatMap((folder) => typescriptIn(join(PROJECT, folder))).map((path) => ({
    path: relative(PROJECT, path),
    text: readFileSync(path, "utf8"),
  }));
  return new Map(
    ids.map((id) => [
      id,
      sources.filter(({ text }) => text.includes(`"${id}"`)).map(({ path }) => path),
    ]),
  );
}

function typescriptIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(folder, path))
    .sort();
}
