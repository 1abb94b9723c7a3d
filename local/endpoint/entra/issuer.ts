/**
 * Stands in for Entra ID on this machine: one tenant with one user and a key that signs tokens. The key is created on first use,
 * is readable by its owner only and is worth nothing anywhere else.
 */
import {
  exportJWK,
  generateKeyPair,
  importJWK,
  SignJWT,
  type JSONWebKeySet,
  type JWTPayload,
} from "jose";
import { v4 as uuid } from "uuid";
import { z } from "zod";

import { readPrivateJson, writePrivateJson } from "../privateJson";

/** What Entra signs with (Microsoft identity platform, OpenID configuration: `id_token_signing_alg_values_supported`). */
export const SIGNATURE_ALGORITHM = "RS256";

const publicKey = z.strictObject({
  kty: z.literal("RSA"),
  n: z.string().min(1),
  e: z.string().min(1),
  kid: z.uuid(),
  alg: z.literal(SIGNATURE_ALGORITHM),
  use: z.literal("sig"),
});

const privateKey = publicKey.extend({
  d: z.string().min(1),
  p: z.string().min(1),
  q: z.string().min(1),
  dp: z.string().min(1),
  dq: z.string().min(1),
  qi: z.string().min(1),
});

const stateSchema = z.strictObject({
  tenantId: z.uuid(),
  /** Object id of this machine's user, who may do everything with the endpoint. */
  userId: z.uuid(),
  key: privateKey,
  /** Signs no more, and is still published: tokens that it signed stay valid. */
  formerKey: publicKey.exactOptional(),
});

type IssuerState = z.output<typeof stateSchema>;

export interface Issuer {
  readonly tenantId: string;
  readonly userId: string;
  /** The public keys of tokens that are still accepted. */
  publicKeys(): JSONWebKeySet;
  sign(claims: JWTPayload): Promise<string>;
  /** Signs with a new key from now on. The one before stays published, as in a key rollover of Entra. */
  replaceKey(): Promise<void>;
}

const REFUSAL = "does not hold the key that signs tokens; delete it to get a new one";

/** @throws UserError when the file is damaged or cannot be written */
export async function loadOrCreateIssuer(path: string): Promise<Issuer> {
  let state = readPrivateJson(path, stateSchema, REFUSAL);
  if (state === undefined) {
    state = { tenantId: uuid(), userId: uuid(), key: await newKey() };
    writePrivateJson(path, state);
  }
  let current = state;
  return {
    tenantId: current.tenantId,
    userId: current.userId,
    publicKeys: () => ({
      keys: [
        publicPart(current.key),
        ...(current.formerKey === undefined ? [] : [current.formerKey]),
      ],
    }),
    async sign(claims) {
      const { kid, alg } = current.key;
      const key = await importJWK(current.key, alg);
      return new SignJWT(claims).setProtectedHeader({ typ: "JWT", alg, kid }).sign(key);
    },
    async replaceKey() {
      const next = { ...current, key: await newKey(), formerKey: publicPart(current.key) };
      writePrivateJson(path, next);
      current = next;
    },
  };
}

async function newKey(): Promise<IssuerState["key"]> {
  const { privateKey: generated } = await generateKeyPair(SIGNATURE_ALGORITHM, {
    extractable: true,
  });
  const exported = await exportJWK(generated);
  return privateKey.parse({ ...exported, kid: uuid(), alg: SIGNATURE_ALGORITHM, use: "sig" });
}

function publicPart({ kty, n, e, kid, alg, use }: IssuerState["key"]) {
  return { kty, n, e, kid, alg, use };
}
