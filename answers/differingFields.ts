import { parsedJson } from "./answerDifferences";
import { differences, type ComparisonRules } from "./differences";

/** Differences that are read in one pair of answers. */
const MAX_DIFFERENCES = 1000;

/** Names of the fields in which two answers differ, each once; `$` for answers that are not both JSON. */
export function differingFields(old: string, now: string, rules: ComparisonRules): string[] {
  if (old === now) return [];
  const [before, after] = [parsedJson(old), parsedJson(now)];
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
