/** How many pairs of answers differed, and where; nothing of what the answers say but the names of their fields. */
import type { ComparisonSnapshot } from "./status";

/** Different fields that are counted by name; names can come from data. */
const MAX_FIELDS = 100;
/** Characters of a field's name. */
const MAX_CHARACTERS = 200;
/** Stands for every other field. */
const OTHERS = "other fields";

export interface ComparisonCounters {
  /** @param fields that differ; undefined when the pair could not be compared */
  record(fields: readonly string[] | undefined): void;
  snapshot(): ComparisonSnapshot;
}

export function createComparisonCounters(): ComparisonCounters {
  const byField = new Map<string, number>();
  let [compared, different, uncompared] = [0, 0, 0];
  const nameOf = (field: string) => {
    const name = field.length > MAX_CHARACTERS ? `${field.slice(0, MAX_CHARACTERS - 1)}…` : field;
    return byField.has(name) || byField.size < MAX_FIELDS ? name : OTHERS;
  };
  return {
    record(fields) {
      if (fields === undefined) {
        uncompared += 1;
        return;
      }
      compared += 1;
      if (fields.length > 0) different += 1;
      for (const name of new Set(fields.map(nameOf))) {
        byField.set(name, (byField.get(name) ?? 0) + 1);
      }
    },
    snapshot: () => ({ compared, different, uncompared, fields: [...byField] }),
  };
}
