import { readdirSync } from "node:fs";
import type { StackSettings } from "../graph/settings";
import type { Target } from "./rule";

/** Names of all stacks that have a settings file in a folder, sorted. */
export function stacksIn(directory: string): string[] {
  return readdirSync(directory)
    .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}

/** The stack's target; a stack without one is held to the rules for production. */
export function targetIn(settings: StackSettings): Target {
  return settings["mlscore:target"] === "sandbox" ? "sandbox" : "production";
}
