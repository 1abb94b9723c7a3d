/**
 * Who may call the endpoint: `Authorization: Bearer <key or token>` (how-to-authenticate-online-endpoint), for
 * /score and /swagger.json alike. Azure's words for refusals by key, `key_auth_access_denied` and `key_auth_bad_header_forbidden`,
 * are known from users' reports (MicrosoftDocs/azure-docs issue 98265).
 */
import { randomBytes } from "node:crypto";
import { z } from "zod";

import { sameSecret } from "../../httpServer";
import type { EndpointKeys } from "../../traffic/liveEndpoint";
import type { AccessDenial } from "./accessDenial";
import type { Entra } from "./entra/entra";
import type { CallerSpec } from "./spec";
import { checkToken } from "./amlTokens";
import { readPrivateJson, writePrivateJson } from "./privateJson";

export interface Credentials extends EndpointKeys {
  /** Signs local tokens; never leaves the machine. */
  readonly tokenSecret: string;
}

export type AuthMode = "Key" | "AMLToken" | "AADToken";

const credentialsSchema = z.strictObject({
  primaryKey: z.string().min(32),
  secondaryKey: z.string().min(32),
  tokenSecret: z.string().min(32),
});

/** What an endpoint lets in. */
export interface Access {
  readonly endpoint: string;
  readonly authMode: AuthMode;
  /** Who may score with a token of Entra. */
  readonly callers: readonly CallerSpec[];
  readonly credentials: Credentials;
  readonly entra: Entra;
  /** Of the endpoint, as `http://127.0.0.1:8080`. */
  readonly origin: string;
}

/** Undefined when the caller is let in. `now` in milliseconds since 1970. */
export async function accessDenial(
  { endpoint, authMode, callers, credentials, entra, origin }: Access,
  authorization: readonly string[],
  now: number,
): Promise<AccessDenial | undefined> {
  const [header, ...others] = authorization;
  const credential = /^Bearer +([\x21-\x7e]+)$/i.exec(header ?? "")?.[1];
  if (credential === undefined || others.length > 0) {
    return {
      code: "key_auth_bad_header_forbidden",
      message: "send exactly one header: Authorization: Bearer <key or token>",
    };
  }
  if (authMode === "Key") {
    const primary = sameSecret(credential, credentials.primaryKey);
    const secondary = sameSecret(credential, credentials.secondaryKey);
    if (primary || secondary) return undefined;
    return { code: "key_auth_access_denied", message: "the key does not belong to this endpoint" };
  }
  if (authMode === "AADToken") return entra.denial(credential, callers, origin, now);
  const verdict = checkToken(credentials.tokenSecret, endpoint, credential, now);
  if (verdict === "valid") return undefined;
  if (verdict === "expired") return { code: "token_expired", message: "the token has expired" };
  return { code: "key_auth_access_denied", message: "the token is not valid for this endpoint" };
}

/** Keys stay the same from one run to the next; they are created on first use and readable by their owner only. */
export function loadOrCreateCredentials(path: string): Credentials {
  const refusal = "does not hold endpoint keys; delete it to get new ones";
  const known = readPrivateJson(path, credentialsSchema, refusal);
  if (known !== undefined) return known;
  const created: Credentials = {
    primaryKey: randomBytes(32).toString("base64url"),
    secondaryKey: randomBytes(32).toString("base64url"),
    tokenSecret: randomBytes(32).toString("base64url"),
  };
  writePrivateJson(path, created);
  return created;
}
