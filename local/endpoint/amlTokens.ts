/**
 * Local tokens that stand in for Azure ML's (`aml_token`). They are signed by this machine's own secret and are worth nothing
 * anywhere else. Those of Entra are in entra/.
 */
import { createHmac } from "node:crypto";

import { sameSecret } from "../../httpServer";
import type { EndpointToken } from "../../traffic/liveEndpoint";

/** Seconds. Azure ML documents no number; its tokens are to be refreshed as `refreshAfterTimeUtc` says. */
const TOKEN_LIFETIME_SECONDS = 3600;
/** Seconds from issue until a client should fetch a new one. */
const REFRESH_AFTER_SECONDS = 2700;

const HEADER = encode({ alg: "HS256", typ: "JWT" });

/** A token for one endpoint. `now` in milliseconds since 1970. */
export function issueToken(secret: string, endpoint: string, now: number): EndpointToken {
  const issuedAt = Math.floor(now / 1000);
  const expiry = issuedAt + TOKEN_LIFETIME_SECONDS;
  const content = `${HEADER}.${encode({ aud: endpoint, iat: issuedAt, exp: expiry })}`;
  return {
    accessToken: `${content}.${sign(secret, content)}`,
    tokenType: "Bearer",
    expiryTimeUtc: expiry,
    refreshAfterTimeUtc: issuedAt + REFRESH_AFTER_SECONDS,
  };
}

/** Whether the token was issued by us for this endpoint, and if so whether it is still good. */
export function checkToken(
  secret: string,
  endpoint: string,
  token: string,
  now: number,
): "valid" | "expired" | "invalid" {
  const [header, payload, signature, ...rest] = token.split(".");
  if (header !== HEADER || payload === undefined || signature === undefined || rest.length > 0) {
    return "invalid";
  }
  // The signature is checked before anything in the token is looked at.
  if (!sameSecret(signature, sign(secret, `${header}.${payload}`))) return "invalid";
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as {
    aud: string;
    exp: number;
  };
  if (claims.aud !== endpoint) return "invalid";
  return claims.exp * 1000 > now ? "valid" : "expired";
}

function sign(secret: string, content: string): string {
  return createHmac("sha256", secret).update(content).digest("base64url");
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
