/** Inputs of a resource as they reach its provider: plain values, outputs already resolved. */
export type Inputs = Readonly<Record<string, unknown>>;

/** Value of a dotted path, for example `properties.authMode`; undefined where there is none. */
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

/** Whether a value is an object with keys: neither a list nor null. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
