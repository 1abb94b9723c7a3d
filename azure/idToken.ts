/** Audience that Entra ID wants of a token from elsewhere (Microsoft Learn, workload identity federation). */
const AUDIENCE = "api://AzureADTokenExchange";

export interface IdTokenRequest {
  /** ACTIONS_ID_TOKEN_REQUEST_URL of the job. */
  readonly url: string;
  /** ACTIONS_ID_TOKEN_REQUEST_TOKEN of the job. */
  readonly bearer: string;
  /** @default the audience of Entra ID in the public cloud */
  readonly audience?: string | undefined;
}

/**
 * Asks GitHub for a token that says which job of which repository this is (GitHub Docs, "OpenID Connect reference").
 *
 * @throws Error with the status, never with the token, when GitHub gives none
 */
export async function requestIdToken({ url, bearer, audience }: IdTokenRequest): Promise<string> {
  const address = new URL(url);
  address.searchParams.set("audience", audience || AUDIENCE);
  const response = await fetch(address, { headers: { authorization: `Bearer ${bearer}` } });
  if (!response.ok) throw new Error(`GitHub gives no OIDC token: HTTP ${response.status}`);
  const { value } = (await response.json()) as { readonly value?: unknown };
  if (typeof value !== "string") throw new Error("GitHub's answer holds no OIDC token");
  return value;
}
