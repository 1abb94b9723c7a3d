/** Verifies an access token as an API does ("Access tokens in the Microsoft identity platform", validate tokens). */
import { createLocalJWKSet, errors, jwtVerify, type JSONWebKeySet } from "jose";
import { z } from "zod";

import type { AccessDenial } from "../accessDenial";
import { SIGNATURE_ALGORITHM } from "./issuer";

/** What tokens for scoring are issued for (Azure ML, "Authenticate clients for online endpoints", resource endpoint). */
export const AUDIENCE = "https://ml.azure.com";

/** The same page asks for tokens with a slash at the end too, and Entra puts what was asked for into the token. */
const AUDIENCES = [AUDIENCE, `${AUDIENCE}/`];

/**
 * Seconds by which clocks may differ. That of Envoy, whose words Azure's scoring front end uses for an unknown issuer (Microsoft
 * Learn, question 1295711; envoyproxy/envoy pull request 13872).
 */
export const CLOCK_TOLERANCE_SECONDS = 60;

export interface Expected {
  readonly keys: JSONWebKeySet;
  readonly issuer: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Who presents a token. */
export interface Bearer {
  readonly objectId: string;
  readonly groups: readonly string[];
}

const claimsSchema = z.looseObject({ oid: z.guid(), groups: z.array(z.guid()).default([]) });

/** The signature is verified before anything in the token is believed. */
export async function verifiedToken(
  token: string,
  { keys, issuer, now }: Expected,
): Promise<Bearer | AccessDenial> {
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      algorithms: [SIGNATURE_ALGORITHM],
      typ: "JWT",
      issuer,
      audience: AUDIENCES,
      requiredClaims: ["exp", "nbf", "iat"],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now),
    });
    const claims = claimsSchema.safeParse(payload);
    if (!claims.success) return INVALID;
    return { objectId: claims.data.oid, groups: claims.data.groups };
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    return denialOf(error);
  }
}

const INVALID: AccessDenial = {
  code: "token_invalid",
  message: "it is not a valid token of the endpoint's issuer",
};

const BY_CLAIM: Readonly<Record<string, AccessDenial>> = {
  aud: {
    code: "token_audience_not_allowed",
    message: `the token is not for ${AUDIENCE}`,
  },
  iss: {
    code: "token_issuer_not_allowed",
    message: "the token is from another issuer than the endpoint's",
  },
  nbf: { code: "token_not_yet_valid", message: "the token is not valid yet" },
};

function denialOf(error: errors.JOSEError): AccessDenial {
  if (error instanceof errors.JWTExpired) {
    return { code: "token_expired", message: "the token has expired" };
  }
  const isClaim = error instanceof errors.JWTClaimValidationFailed;
  return (
    (isClaim && error.reason === "check_failed" ? BY_CLAIM[error.claim] : undefined) ?? INVALID
  );
}
