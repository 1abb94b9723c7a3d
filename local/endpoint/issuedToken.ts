/** The token that a caller gets, by the endpoint's kind of authentication. */
import { UserError } from "../../errors";
import type { EndpointToken } from "../../traffic/liveEndpoint";
import { issueToken } from "./amlTokens";
import type { Credentials } from "./auth";
import type { Entra } from "./entra/entra";
import type { TokenRequest } from "./entra/tokenRequest";
import type { RoutingTable } from "./routingTarget";

interface TokenSource {
  readonly entra: Entra;
  readonly credentials: Credentials;
  readonly port: number;
}

/** @throws UserError when the endpoint uses keys, or nobody can have such a token */
export async function tokenFor(
  { endpoint, authMode, callers }: RoutingTable,
  request: TokenRequest,
  { entra, credentials, port }: TokenSource,
): Promise<EndpointToken> {
  if (authMode === "AADToken") {
    return entra.issue(request, callers, `http://127.0.0.1:${port}`, Date.now());
  }
  if (authMode === "Key") {
    throw new UserError("the endpoint is called with a key, not with a token");
  }
  if (Object.keys(request).length > 0) {
    throw new UserError(
      "a token of Azure ML (aml_token) names nobody and has a fixed life; only those of Entra (aad_token) have options",
    );
  }
  return issueToken(credentials.tokenSecret, endpoint, Date.now());
}
