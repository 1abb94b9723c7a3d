/**
 * Who may call the endpoint: `Authorization: Bearer <key or token>` (how-to-authenticate-online-endpoint), for
 * /score and /swagger.json alike. Azure's words for the two refusals, `key_auth_access_denied` and
 * `key_auth_bad_header_forbidden`, are known from users' reports (MicrosoftDocs/azure-docs issue 98265).
 */
import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { randomBytes } from "node:crypto";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";

import { diskFull, UserError } from "../../errors";
import { sameSecret } from "../../httpServer";
import { MOST_BYTES, readTextIfThere } from "../../input/userFile";
import type { EndpointKeys } from "../../traffic/liveEndpoint";
import { checkToken } from "./tokens";

export interface Credentials extends EndpointKeys {
  /** Signs local tokens; never leaves the machine. */
  readonly tokenSecret: string;
}

export type AuthMode = "Key" | "AMLToken" | "AADToken";

/** Why a caller is not let in. */
export interface AccessDenial {
  readonly code: "key_auth_access_denied" | "key_auth_bad_header_forbidden" | "token_expired";
  readonly message: string;
}

const credentialsSchema = z.strictObject({
  primaryKey: z.string().min(32),
  secondaryKey: z.string().min(32),
  tokenSecret: z.string().min(32),
});

/** Undefined when the caller is let in. `now` in milliseconds since 1970. */
export function accessDenial(
  credentials: Credentials,
  authMode: AuthMode,
  endpoint: string,
  authorization: readonly string[],
  now: number,
): AccessDenial | undefined {
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
  const verdict = checkToken(credentials.tokenSecret, endpoint, credential, now);
  if (verdict === "valid") return undefined;
  if (verdict === "expired") return { code: "token_expired", message: "the token has expired" };
  return { code: "key_auth_access_denied", message: "the token is not valid for this endpoint" };
}

/** Keys stay the same from one run to the next; they are created on first use and readable by their owner only. */
export function loadOrCreateCredentials(path: string): Credentials {
  const known = readCredentials(path);
  if (known !== undefined) return known;
  const created: Credentials = {
    primaryKey: randomBytes(32).toString("base64url"),
    secondaryKey: randomBytes(32).toString("base64url"),
    tokenSecret: randomBytes(32).toString("base64url"),
  };
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // As a whole: a full disk would leave half of it, which the next run could not read.
    writeFileAtomic.sync(path, JSON.stringify(created, undefined, 2), { mode: 0o600 });
  } catch (error) {
    throw diskFull(error, path) ?? error;
  }
  return created;
}

function readCredentials(path: string): Credentials | undefined {
  const text = readTextIfThere(path, MOST_BYTES.text);
  if (text === undefined) return undefined;
  try {
    const credentials = credentialsSchema.parse(JSON.parse(text));
    // The file may have been copied or restored with wider rights.
    chmodSync(path, 0o600);
    return credentials;
  } catch {
    throw new UserError(`${path} does not hold endpoint keys; delete it to get new ones`);
  }
}
