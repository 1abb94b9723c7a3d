/** What every storage account here has in common: identities with a role over TLS, and no key or anonymous way in. */
export const identityOnly = {
  allowSharedKeyAccess: false,
  allowBlobPublicAccess: false,
  allowCrossTenantReplication: false,
  defaultToOAuthAuthentication: true,
  isLocalUserEnabled: false,
  enableHttpsTrafficOnly: true,
  minimumTlsVersion: "TLS1_2",
} as const;
