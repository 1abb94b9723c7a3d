/** Entra ID and Azure RBAC as an endpoint with `aad_token` meets them: who gets tokens, and which are good for what. */
import { UserError } from "../../../errors";
import type { EndpointToken } from "../../../traffic/liveEndpoint";
import type { AccessDenial } from "../accessDenial";
import type { CallerSpec } from "../spec";
import { loadOrCreateIssuer, SIGNATURE_ALGORITHM, type Issuer } from "./issuer";
import { claimsOf, type TokenRequest } from "./tokenRequest";
import { AUDIENCE, verifiedToken } from "./verifiedToken";

export interface Entra {
  /** What is served at a path of the issuer; undefined where there is nothing. */
  document(path: string, origin: string): Promise<object | undefined>;
  /** @param now in milliseconds since 1970. @throws UserError when nobody can have such a token */
  issue(
    request: TokenRequest,
    callers: readonly CallerSpec[],
    origin: string,
    now: number,
  ): Promise<EndpointToken>;
  /** Undefined when the token lets its bearer score. */
  denial(
    token: string,
    callers: readonly CallerSpec[],
    origin: string,
    now: number,
  ): Promise<AccessDenial | undefined>;
}

/** @param path of the file with the issuer's key, which is created when a token is first asked for */
export function localEntra(path: string): Entra {
  let loading: Promise<Issuer> | undefined;
  const loaded = () => (loading ??= loadOrCreateIssuer(path));
  return {
    async document(requested, origin) {
      const issuer = await loaded();
      const { configuration, keys } = pathsOf(issuer);
      if (requested === keys) return issuer.publicKeys();
      return requested === configuration ? configurationOf(issuer, origin) : undefined;
    },
    async issue(request, callers, origin, now) {
      const issuer = await loaded();
      const claims = claimsOf(request, callers, {
        issuer: issuerOf(issuer, origin),
        tenantId: issuer.tenantId,
        userId: issuer.userId,
        audience: AUDIENCE,
        now,
      });
      if (request.newKey === true) await issuer.replaceKey();
      return {
        accessToken: await issuer.sign(claims),
        tokenType: "Bearer",
        expiryTimeUtc: claims.exp,
        refreshAfterTimeUtc:
          claims.iat + Math.floor((Math.max(claims.exp - claims.iat, 0) * 3) / 4),
      };
    },
    async denial(token, callers, origin, now) {
      const issuer = await loaded();
      const verdict = await verifiedToken(token, {
        keys: issuer.publicKeys(),
        issuer: issuerOf(issuer, origin),
        now,
      });
      if ("code" in verdict) return verdict;
      return mayScore(verdict, callers, issuer.userId) ? undefined : withoutRole(verdict.objectId);
    },
  };
}

/**
 * The owner of the machine is as an Owner or Contributor of the endpoint. Others need the role themselves or through a group
 * (Azure ML, "Authentication and authorization for online endpoints", data plane operations).
 */
function mayScore(
  { objectId, groups }: { readonly objectId: string; readonly groups: readonly string[] },
  callers: readonly CallerSpec[],
  userId: string,
): boolean {
  const own = new Set([objectId, ...groups].map((id) => id.toLowerCase()));
  return own.has(userId) || callers.some(({ objectId: id }) => own.has(id.toLowerCase()));
}

/** The words were reported by users (MicrosoftLearning/mslearn-azure-ml issue 115). */
function withoutRole(objectId: string): AccessDenial {
  return {
    code: "access_denied",
    message: `Microsoft Entra Token denied by policy: ${objectId} has no role that allows onlineEndpoints/score/action on this endpoint; name it in mlscore:callers`,
  };
}

/** As Entra's for tokens of version 1.0, `https://sts.windows.net/<tenant>/`. */
function issuerOf({ tenantId }: Issuer, origin: string): string {
  return `${origin}/${tenantId}/`;
}

function pathsOf({ tenantId }: Issuer) {
  return {
    configuration: `/${tenantId}/.well-known/openid-configuration`,
    keys: `/${tenantId}/discovery/keys`,
  };
}

/** OpenID Connect Discovery 1.0, section 3, as far as a service that verifies tokens needs it. */
function configurationOf(issuer: Issuer, origin: string): object {
  return {
    issuer: issuerOf(issuer, origin),
    jwks_uri: `${origin}${pathsOf(issuer).keys}`,
    response_types_supported: ["token"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: [SIGNATURE_ALGORITHM],
  };
}

/** A router without Entra: for endpoints with keys. */
export const NO_ENTRA: Entra = {
  document: () => Promise.resolve(undefined),
  issue: () => Promise.reject(new UserError("the endpoint is called with a key, not with a token")),
  denial: () => Promise.resolve({ code: "token_invalid", message: "no token is accepted here" }),
};
