// Not the whole SDK, which takes a second to load.
import { unknownValue } from "@pulumi/pulumi/runtime/rpc";

/** Longer values are cut: nobody reads them, and a comment has no room for them. */
const LONGEST = { comment: 160, page: 4000 } as const;

/** A value as people read it, on one line. */
export function shownValue(value: unknown, where: keyof typeof LONGEST): string {
  const text = plain(value);
  const most = LONGEST[where];
  if (text.length <= most) return text;
  return `${text.slice(0, most)}… (${text.length} characters)`;
}

function plain(value: unknown): string {
  if (value === undefined) return "–";
  if (value === unknownValue) return "(known after the update)";
  if (typeof value === "string") return value === "" ? '""' : value;
  const unknown = JSON.stringify(unknownValue);
  return JSON.stringify(value).replaceAll(unknown, "(known after the update)");
}
