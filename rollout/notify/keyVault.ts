/** Secrets of notifications that are kept in Key Vault. */
import { MOST_BYTES } from "../../input/userFile";
import { connectionProblem, TIMEOUT_MS } from "./send";

/** `keyvault:` and a secret's identifier, with or without a version, as Azure ML's YAML refers to one. */
const REFERENCE =
  /^keyvault:(https:\/\/[a-z][a-z0-9-]{1,22}[a-z0-9]\.vault\.azure\.net)\/secrets\/([0-9A-Za-z-]{1,127})(?:\/([0-9a-f]{32}))?$/i;

/** Of "Get Secret" (Azure Key Vault REST API). */
const API_VERSION = "7.4";

export interface Vaults {
  /** A token for https://vault.azure.net. */
  readonly token: () => Promise<string>;
  /** @default the vault's own address */
  readonly urlOf?: (vault: string) => string;
}

export function isReference(value: string): boolean {
  return value.startsWith("keyvault:");
}

/**
 * The value of a secret. The token goes to vaults of Azure alone: what the reference may name is checked first. Needs `Key Vault Secrets
 * User` on the vault or the secret.
 *
 * @throws Error that says why there is none, without the reference
 */
export async function secretOf(reference: string, { token, urlOf }: Vaults): Promise<string> {
  const [, vault, name, version] = REFERENCE.exec(reference) ?? [];
  if (vault === undefined || name === undefined) {
    throw new Error(
      "is not keyvault:https://VAULT.vault.azure.net/secrets/NAME, with or without a version",
    );
  }
  const path = `/secrets/${name}${version === undefined ? "" : `/${version}`}`;
  const url = `${urlOf?.(vault) ?? vault}${path}?api-version=${API_VERSION}`;
  const response = await asked(url, await tokenFrom(token));
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`names a secret that Key Vault does not give: HTTP ${response.status}`);
  }
  const text = await response.text();
  const value = text.length > MOST_BYTES.text ? undefined : valueIn(text);
  if (value === undefined) throw new Error("names a secret without a value");
  return value;
}

async function tokenFrom(token: Vaults["token"]): Promise<string> {
  try {
    return await token();
  } catch (error) {
    const [reason = ""] = (error as Error).message.split("\n");
    throw new Error(`cannot be read from Key Vault: ${reason}`, { cause: error });
  }
}

async function asked(url: string, token: string): Promise<Response> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const headers = { authorization: `Bearer ${token}` };
    return await fetch(url, { headers, redirect: "error", signal });
  } catch (error) {
    throw new Error(`names a vault that cannot be asked: ${connectionProblem(error)}`, {
      cause: error,
    });
  }
}

function valueIn(text: string): string | undefined {
  try {
    const { value } = JSON.parse(text) as { readonly value?: unknown };
    return typeof value === "string" ? value.trim() : undefined;
  } catch {
    return undefined;
  }
}
