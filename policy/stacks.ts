import { readdirSync } from "node:fs";
import type { StackSettings } from "../graph/settings";
import { networkChoice } from "../config/networkLevel";
import type { Scope } from "./rule";

/** Names of all stacks that have a settings file in a folder, sorted. */
export function stacksIn(directory: string): string[] {
  return readdirSync(directory)
    .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}

/** What the stack is; one without a target is held to the rules for production. */
export function scopeIn(settings: StackSettings): Scope {
  if (settings["mlscore:target"] !== "sandbox") return { target: "production" };
  return { target: "sandbox", level: networkChoice(settings["mlscore:network"]).level };
}
