import { listAt, nonEmptyTextAt, numberAt } from "../graph/paths";

/** How much of a quota is used. */
export interface Usage {
  readonly used: number;
  /** Undefined: none (−1 in Azure ML's answers). */
  readonly limit: number | undefined;
}

/** Usage whose name is one of these, whatever the spelling; undefined where the answer has none. */
export function usageOf(body: unknown, matches: (name: string) => boolean): Usage | undefined {
  for (const one of listAt(body, "value")) {
    const names = ["name.value", "name.localizedValue", "id"].flatMap((path) => {
      const name = nonEmptyTextAt(one, path);
      return name === undefined ? [] : [name.split("/").at(-1) ?? ""];
    });
    if (!names.some(matches)) continue;
    const limit = numberAt(one, "limit");
    const used = numberAt(one, "currentValue");
    if (limit === undefined || used === undefined) return undefined;
    return { used, limit: limit < 0 ? undefined : limit };
  }
  return undefined;
}

/** What is wanted of a quota, with the sum that led there. */
export interface Wanted {
  readonly cores: number;
  /** Such as `compact 2 × 2`, a term each. */
  readonly terms: readonly string[];
  /** Of them, what the stack uses already. */
  readonly own: number;
}

/** Says what is missing with the whole sum; undefined where all fits. */
export function shortOf(usage: Usage, { cores, terms, own }: Wanted): string | undefined {
  const { limit, used } = usage;
  if (limit === undefined) return undefined;
  const free = limit - used + own;
  if (cores <= free) return undefined;
  const ownText = own === 0 ? "" : ` + ${String(own)} of this stack`;
  return (
    `${terms.join(" + ")} = ${String(cores)} cores, and ${String(limit)} − ${String(used)} used${ownText} = ` +
    `${String(free)} are free: ${String(cores - free)} too few`
  );
}
