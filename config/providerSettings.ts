import type { Problem } from "../errors";
import type { SettingsFile } from "./settingsFile";

/**
 * Settings of azure-native that choose who calls Azure, with the environment variables that say the same (its provider,
 * auth_azidentity.go, `readAuthConfig`). This project's own calls run in other processes, which have the environment and
 * not the settings: they would be made by somebody else.
 */
const IDENTITY_SETTINGS: Readonly<Record<string, string>> = {
  auxiliaryTenantIds: "ARM_AUXILIARY_TENANT_IDS",
  clientCertificatePassword: "ARM_CLIENT_CERTIFICATE_PASSWORD",
  clientCertificatePath: "ARM_CLIENT_CERTIFICATE_PATH",
  clientId: "ARM_CLIENT_ID",
  clientSecret: "ARM_CLIENT_SECRET",
  oidcAudience: "ARM_OIDC_AUDIENCE",
  oidcRequestToken: "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
  oidcRequestUrl: "ACTIONS_ID_TOKEN_REQUEST_URL",
  oidcToken: "ARM_OIDC_TOKEN",
  oidcTokenFilePath: "ARM_OIDC_TOKEN_FILE_PATH",
  tenantId: "ARM_TENANT_ID",
  useDefaultAzureCredential: "ARM_USE_DEFAULT_AZURE_CREDENTIAL",
  useMsi: "ARM_USE_MSI",
  useOidc: "ARM_USE_OIDC",
};

/** Refuses settings of azure-native by which its calls and this project's own would be made by two identities. */
export function providerProblems(
  { file, lineOf }: Pick<SettingsFile, "file" | "lineOf">,
  allConfig: Readonly<Record<string, string>>,
): Problem[] {
  return Object.entries(IDENTITY_SETTINGS)
    .map(([name, variable]) => [`azure-native:${name}`, variable] as const)
    .filter(([key]) => allConfig[key] !== undefined)
    .map(([key, variable]) => ({
      file,
      line: lineOf([key]),
      key,
      message: `affects azure-native only, not the calls that this project makes itself; set the environment variable ${variable} instead`,
      severity: "error",
    }));
}
