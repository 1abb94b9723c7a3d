/** A question to Azure Resource Manager that changes nothing. */
export interface Question {
  readonly path: string;
  readonly apiVersion: string;
  /** What a role has to allow for it (Azure RBAC, "Azure permissions"). */
  readonly action: string;
  /** `list`: all pages; the answer's body has them as `value`. @default one document */
  readonly list?: true;
  /** OData filter of a list. */
  readonly filter?: string;
  /** Asks by POST: one of `READ_LIKE` alone, which compute an answer and keep nothing. */
  readonly body?: unknown;
  /** A refusal by 403 tells what the check wants to know. */
  readonly takesForbidden?: true;
  /** Whoever may not ask goes on without the answer. */
  readonly isOptional?: true;
}

export interface Answer {
  readonly status: number;
  /** Azure's error code, where it refused. */
  readonly code?: string;
  readonly message?: string;
  /** Whatever was sent: the API's document, an error, or nothing. */
  readonly body: unknown;
}

/** Ends of the paths to which a POST only asks (REST references of Storage, Container Registry, Key Vault and Resources). */
export const READ_LIKE = /\/(checkNameAvailability|validate)$/;

/** The same for the same question. */
export function keyOf({ path, apiVersion, filter, body }: Question): string {
  return JSON.stringify([path.toLowerCase(), apiVersion, filter, body]);
}

/** The value at a dotted path of an answer's body; undefined wherever something on the way is missing or null. */
export function at(body: unknown, path: string): unknown {
  let value = body;
  for (const step of path.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value ?? undefined;
}

export function textIn(body: unknown, path: string): string | undefined {
  const value = at(body, path);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Numbers also where they come as text, as capabilities of VM sizes do. */
export function numberIn(body: unknown, path: string): number | undefined {
  const value = at(body, path);
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

export function listIn(body: unknown, path: string): readonly unknown[] {
  const value = at(body, path);
  return Array.isArray(value) ? (value as unknown[]) : [];
}

export function textsIn(body: unknown, path: string): readonly string[] {
  return listIn(body, path).filter((one) => typeof one === "string");
}
