import { differences, type ComparisonRules } from "./differences";

/** Differences that are read in one pair of answers. */
const MAX_DIFFERENCES = 1000;

/** Names of the fields in which two answers differ, each once; `$` for answers that are not both JSON. */
export function differingFields(old: string, now: string, rules: ComparisonRules): string[] {
  if (old === now) return [];
  const [before, after] = [parsed(old), parsed(now)];
  if (before === undefined || after === undefined) return ["$"];
  const fields = new Set<string>();
  let read = 0;
  for (const { field } of differences(before, after, rules)) {
    fields.add(field);
    read += 1;
    if (read === MAX_DIFFERENCES) break;
  }
  return [...fields];
}

/** Undefined when it is not JSON; no JSON text stands for undefined. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
