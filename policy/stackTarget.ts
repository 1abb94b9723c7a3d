import type { StackSettings } from "../graph/settings";
import type { Target } from "./rule";

/** What a stack is for; one that does not say it is judged as production. */
export function targetIn(settings: StackSettings): Target {
  return settings["mlscore:target"] === "sandbox" ? "sandbox" : "production";
}
