import type { TokenCredential } from "@azure/core-auth";
import { UserError } from "../errors";
import { MOST_BYTES, readUserFile } from "../input/userFile";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * How a run signs in to Azure, in azure-native's order. The first one that the environment asks for is taken; one that
 * fails is an error and never makes the next one be tried.
 */
export type SignIn =
  | { readonly method: "default"; readonly tenantId?: string }
  | (Application & {
      readonly method: "certificate";
      readonly path: string;
      readonly password?: string;
    })
  | (Application & { readonly method: "secret"; readonly secret: string })
  | (Application & { readonly method: "oidc"; readonly assertion: () => Promise<string> })
  | { readonly method: "managedIdentity"; readonly clientId?: string }
  | { readonly method: "cli" };

/** An application of Entra ID. */
interface Application {
  readonly tenantId: string;
  readonly clientId: string;
}

/**
 * The credential for every call to Azure that this project makes itself, so that traffic, uploads and writes of the
 * cluster are done by the identity that azure-native has in the same run. `DefaultAzureCredential` would prefer the managed
 * identity of the machine to the Azure CLI, which azure-native does not (pulumi-azure-native,
 * provider/pkg/provider/auth_azidentity.go, `newSingleMethodAuthCredential`).
 *
 * The package is loaded only here: a preview that asks Azure nothing needs no credential.
 *
 * @param subscriptionId the stack's subscription; the Azure CLI gives a token for the tenant that this belongs to, whatever
 *   `az account set` chose last
 * @throws UserError when the environment asks for a method without saying all that it needs
 */
export async function azureCredential(
  subscriptionId: string,
  environment: Environment = process.env,
): Promise<TokenCredential> {
  const signIn = signInOf(environment);
  const identity = await import("@azure/identity");
  switch (signIn.method) {
    case "default":
      return new identity.DefaultAzureCredential(
        signIn.tenantId === undefined ? {} : { tenantId: signIn.tenantId },
      );
    case "certificate": {
      const { tenantId, clientId, path, password } = signIn;
      // The package would wait for what a pipe never brings.
      readUserFile(path, MOST_BYTES.text);
      return new identity.ClientCertificateCredential(tenantId, clientId, {
        certificatePath: path,
        ...(password === undefined ? {} : { certificatePassword: password }),
      });
    }
    case "secret":
      return new identity.ClientSecretCredential(signIn.tenantId, signIn.clientId, signIn.secret);
    case "oidc":
      return new identity.ClientAssertionCredential(
        signIn.tenantId,
        signIn.clientId,
        signIn.assertion,
      );
    case "managedIdentity":
      return signIn.clientId === undefined
        ? new identity.ManagedIdentityCredential()
        : new identity.ManagedIdentityCredential({ clientId: signIn.clientId });
    case "cli":
      // Not the tenant as well: the CLI refuses both ("Please specify only one of subscription and tenant, not both").
      return new identity.AzureCliCredential({ subscription: subscriptionId });
  }
}

/**
 * What the environment asks for. The variables and their order are azure-native's (auth_azidentity.go, `readAuthConfig`);
 * a switch is on when it says `true` to the letter.
 *
 * @throws UserError that names every variable that is missing
 */
export function signInOf(environment: Environment): SignIn {
  const of = (name: string) => environment[name] || undefined;
  const isOn = (name: string) => environment[name] === "true";
  const tenantId = of("ARM_TENANT_ID");
  const clientId = of("ARM_CLIENT_ID");

  if (isOn("ARM_USE_DEFAULT_AZURE_CREDENTIAL")) {
    return { method: "default", ...(tenantId === undefined ? {} : { tenantId }) };
  }
  const path = of("ARM_CLIENT_CERTIFICATE_PATH");
  if (path !== undefined) {
    const password = of("ARM_CLIENT_CERTIFICATE_PASSWORD");
    return {
      method: "certificate",
      ...application("ARM_CLIENT_CERTIFICATE_PATH", tenantId, clientId),
      path,
      ...(password === undefined ? {} : { password }),
    };
  }
  const secret = of("ARM_CLIENT_SECRET");
  if (secret !== undefined) {
    return { method: "secret", ...application("ARM_CLIENT_SECRET", tenantId, clientId), secret };
  }
  if (isOn("ARM_USE_OIDC")) {
    return {
      method: "oidc",
      ...application("ARM_USE_OIDC", tenantId, clientId),
      assertion: assertionOf(environment),
    };
  }
  if (isOn("ARM_USE_MSI")) {
    return { method: "managedIdentity", ...(clientId === undefined ? {} : { clientId }) };
  }
  return { method: "cli" };
}

function application(
  because: string,
  tenantId: string | undefined,
  clientId: string | undefined,
): Application {
  const missing = [
    ...(tenantId === undefined ? ["ARM_TENANT_ID"] : []),
    ...(clientId === undefined ? ["ARM_CLIENT_ID"] : []),
  ];
  if (tenantId === undefined || clientId === undefined) {
    throw new UserError(
      `${because} is set, so that ${missing.join(" and ")} must be set too; to sign in by the Azure CLI, unset ${because}`,
    );
  }
  return { tenantId, clientId };
}

/** Where the token comes from that proves who this is: a variable, a file, or GitHub, asked anew each time. */
function assertionOf(environment: Environment): () => Promise<string> {
  const { ARM_OIDC_TOKEN: token, ARM_OIDC_TOKEN_FILE_PATH: file } = environment;
  if (token) return () => Promise.resolve(token);
  if (file) {
    return () => Promise.resolve().then(() => readUserFile(file, MOST_BYTES.text).toString());
  }
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = environment;
  if (url && bearer) {
    return () => requestIdToken({ url, bearer, audience: environment["ARM_OIDC_AUDIENCE"] });
  }
  throw new UserError(
    "ARM_USE_OIDC is set, but there is no token: set ARM_OIDC_TOKEN or ARM_OIDC_TOKEN_FILE_PATH, or give the job on " +
      "GitHub the permission `id-token: write`",
  );
}

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
async function requestIdToken({ url, bearer, audience }: IdTokenRequest): Promise<string> {
  const address = new URL(url);
  address.searchParams.set("audience", audience || AUDIENCE);
  const response = await fetch(address, { headers: { authorization: `Bearer ${bearer}` } });
  if (!response.ok) throw new Error(`GitHub returned no OIDC token: HTTP ${response.status}`);
  const { value } = (await response.json()) as { readonly value?: unknown };
  if (typeof value !== "string") throw new Error("GitHub's response contains no OIDC token");
  return value;
}
