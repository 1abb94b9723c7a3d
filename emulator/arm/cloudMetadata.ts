/** What Azure's clients ask of besides ARM itself: which cloud this is, and who they are. */

import { randomBytes } from "node:crypto";
import { generatedGuid } from "../azure/outputs";

/** The cloud's name as clients show it; not one of Azure's own, which they do not look up. */
const CLOUD_NAME = "MlscoreLocal";

/**
 * The clouds that ARM names (GET /metadata/endpoints, read by azure-ai-ml and by the az CLI where ARM_CLOUD_METADATA_URL
 * is set). Only `resourceManager` leads anywhere: there is no portal and no Entra on this machine. The portal's name
 * decides which token azure-ai-ml asks for; with the public one it is that of https://ml.azure.com.
 */
export function cloudMetadata(origin: string): object[] {
  return [
    {
      name: CLOUD_NAME,
      portal: "https://portal.azure.com/",
      resourceManager: `${origin}/`,
      authentication: {
        loginEndpoint: `${origin}/`,
        audiences: [`${origin}/`, "https://management.azure.com/"],
        tenant: "common",
        identityProvider: "AAD",
      },
      graph: `${origin}/`,
      graphAudience: `${origin}/`,
      suffixes: { storage: "core.windows.net", keyVaultDns: "vault.azure.net" },
    },
  ];
}

/**
 * A token that no one else has. It has the form of Entra's because the az CLI reads the tenant in it; what makes it good is
 * that it is this very text, which is compared as a whole.
 */
export function newToken(subscriptionId: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { tid: tenantOf(subscriptionId), oid: generatedGuid(subscriptionId, "objectId") };
  const secret = randomBytes(32).toString("base64url");
  return `${part({ alg: "none", typ: "JWT" })}.${part(claims)}.${secret}`;
}

/** GET /subscriptions, which the az CLI asks for when somebody signs in. */
export function subscriptions(subscriptionId: string): object {
  return {
    value: [
      {
        id: `/subscriptions/${subscriptionId}`,
        subscriptionId,
        tenantId: tenantOf(subscriptionId),
        displayName: CLOUD_NAME,
        state: "Enabled",
      },
    ],
  };
}

function tenantOf(subscriptionId: string): string {
  return generatedGuid(subscriptionId, "tenantId");
}

/** Audience of the tokens that endpoints with aad_token take (azure-ai-ml, `_resource_to_scopes`). */
const SCORING_AUDIENCE = "https://ml.azure.com";

export interface IdentityToken {
  readonly access_token: string;
  /** Seconds since 1970, as text. */
  readonly expires_on: string;
  readonly resource: string;
  readonly token_type: "Bearer";
}

export interface Tokens {
  readonly arm: string;
  readonly scoring: () => Promise<string>;
}

/**
 * The answer of App Service's identity endpoint, which every Azure SDK asks where IDENTITY_ENDPOINT and IDENTITY_HEADER are
 * set (Microsoft Learn "How to use managed identities for App Service and Azure Functions", REST endpoint reference). For
 * ARM it is the API's own token, for scoring one of the endpoint's.
 */
export async function identityToken(resource: string, tokens: Tokens): Promise<IdentityToken> {
  const scoring = [SCORING_AUDIENCE, `${SCORING_AUDIENCE}/`].includes(resource);
  return {
    access_token: scoring ? await tokens.scoring() : tokens.arm,
    expires_on: String(Math.floor(Date.now() / 1000) + 3600),
    resource,
    token_type: "Bearer",
  };
}
