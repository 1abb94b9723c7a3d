import { secretsIn } from "./detect";

/** Stands for what looks like a secret, although nobody marked it as one. */
export const HIDDEN = "[looks like a secret: hidden]";

/** A text without what looks like a secret in it. */
export function maskText(text: string): string {
  let result = "";
  let end = 0;
  for (const span of secretsIn(text)) {
    result += text.slice(end, span.start) + HIDDEN;
    end = span.end;
  }
  return result + text.slice(end);
}
