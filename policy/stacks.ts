import { readdirSync } from "node:fs";

/** Names of all stacks that have settings in a folder, sorted. */
export function stacksIn(directory: string): string[] {
  return readdirSync(directory)
    .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}
