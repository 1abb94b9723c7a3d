import { secretsIn } from "./detect";
import { RANDOM } from "./shapes";

/** Stands for what looks like a secret, although nobody marked it as one. */
export const HIDDEN = "[looks like a secret: hidden]";

/**
 * A text without what looks like a secret in it.
 *
 * @param random whether random text is hidden too; not in messages, whose paths have random parts
 */
export function maskText(text: string, random: "hidden" | "shown" = "hidden"): string {
  let result = "";
  let end = 0;
  for (const span of secretsIn(text)) {
    if (span.kind === RANDOM && random === "shown") continue;
    result += text.slice(end, span.start) + HIDDEN;
    end = span.end;
  }
  return result + text.slice(end);
}
