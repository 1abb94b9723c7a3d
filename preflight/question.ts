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
  /** Without the right to ask, the preflight continues without the answer. */
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
