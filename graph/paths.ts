/** Inputs of a resource as they reach its provider: plain values, outputs already resolved. */
export type Inputs = Readonly<Record<string, unknown>>;

/** Whether a value has keys: neither a list nor null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Value at a dotted path, such as `properties.authMode` or `pools.0.count`; undefined where there is none. */
export function valueAt(inputs: unknown, path: string): unknown {
  let value = inputs;
  for (const step of path.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/** Text at a dotted path; empty where there is none. */
export function textAt(inputs: unknown, path: string): string {
  const value = valueAt(inputs, path);
  return typeof value === "string" ? value : "";
}

/** Text at a dotted path; undefined where there is none or it is empty. */
export function nonEmptyTextAt(inputs: unknown, path: string): string | undefined {
  const text = textAt(inputs, path);
  return text === "" ? undefined : text;
}

/** Number at a dotted path, also where it is written as text, as Azure's VM sizes do; undefined where there is none. */
export function numberAt(inputs: unknown, path: string): number | undefined {
  const value = valueAt(inputs, path);
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** List at a dotted path; empty where there is none. */
export function listAt(inputs: unknown, path: string): readonly unknown[] {
  const value = valueAt(inputs, path);
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** The texts of the list at a dotted path. */
export function textsAt(inputs: unknown, path: string): readonly string[] {
  return listAt(inputs, path).filter((item) => typeof item === "string");
}
