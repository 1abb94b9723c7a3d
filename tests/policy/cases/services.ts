import { needs, missing, wrongly, blaming, type Case } from "../case";
import { add, set, unset, without } from "../graphs";

/** Registry, storage, vault and logs. */

const REGISTRY = "registry";
const STORAGE = "features";
const BLOBS = "features-blob-service";
const VAULT = "key-vault";
const LOGS = "log-analytics";
const INSIGHTS = "observability-application-insights";

export const services: Readonly<Record<string, Case>> = {
  "registry-admin-user-off": {
    from: "production",
    breaks: needs(REGISTRY, "adminUserEnabled", true, "false"),
  },
  "registry-anonymous-pull-off": {
    from: "production",
    breaks: needs(REGISTRY, "anonymousPullEnabled", true),
  },
  "registry-public-access-off": {
    from: "production",
    breaks: needs(REGISTRY, "publicNetworkAccess", "Enabled"),
  },
  "registry-exports-off": {
    from: "production",
    breaks: needs(REGISTRY, "policies.exportPolicy.status", "enabled"),
  },
  "storage-shared-keys-off": {
    from: "production",
    breaks: needs(STORAGE, "allowSharedKeyAccess", true),
  },
  "storage-local-users-off": {
    from: "production",
    breaks: needs(STORAGE, "isLocalUserEnabled", true),
  },
  "storage-minimum-tls": {
    from: "sandbox",
    breaks: needs("workspace-storage", "minimumTlsVersion", "TLS1_0", "TLS1_1"),
  },
  "storage-https-only": {
    from: "production",
    breaks: needs(STORAGE, "enableHttpsTrafficOnly", false),
  },
  "storage-public-blobs-off": {
    from: "production",
    breaks: needs(STORAGE, "allowBlobPublicAccess", true),
  },
  "storage-containers-private": {
    from: "sandbox",
    breaks: needs("assets-container", "publicAccess", "Blob", "Container"),
  },
  "storage-cross-tenant-off": {
    from: "production",
    breaks: needs(STORAGE, "allowCrossTenantReplication", true),
  },
  "storage-public-access-off": {
    from: "production",
    breaks: needs(STORAGE, "publicNetworkAccess", "Enabled", "SecuredByPerimeter"),
  },
  "storage-firewall": {
    from: "production",
    breaks: [
      ...needs(STORAGE, "networkRuleSet.defaultAction", "Allow"),
      ...needs(STORAGE, "networkRuleSet.bypass", "AzureServices"),
      ...needs("flow-logs-storage", "networkRuleSet.bypass", "AzureServices, Logging"),
      missing("the flow log that writes there missing", without("flow-logs"), "flow-logs-storage"),
    ],
  },
  "storage-double-encryption": {
    from: "production",
    breaks: needs(STORAGE, "encryption.requireInfrastructureEncryption", false),
  },
  "storage-soft-delete": {
    from: "production",
    breaks: [
      ...needs(BLOBS, "deleteRetentionPolicy.enabled", false),
      ...needs(BLOBS, "deleteRetentionPolicy.days", 6),
      ...needs(BLOBS, "containerDeleteRetentionPolicy.enabled", false),
      ...needs(BLOBS, "containerDeleteRetentionPolicy.days", 1),
      ...blaming(STORAGE, needs(BLOBS, "accountName", "another")),
      missing("the blob service missing", without(BLOBS), STORAGE),
    ],
  },
  "vault-rbac": {
    from: "production",
    breaks: [
      ...needs(VAULT, "properties.enableRbacAuthorization", false),
      wrongly(
        "an access policy",
        set(VAULT, "properties.accessPolicies", [{ objectId: "somebody" }]),
        VAULT,
      ),
    ],
  },
  "vault-purge-protection": {
    from: "sandbox",
    breaks: needs("workspace-key-vault", "properties.enablePurgeProtection", false),
  },
  "vault-soft-delete": {
    from: "production",
    breaks: needs(VAULT, "properties.enableSoftDelete", false),
  },
  "vault-public-access-off": {
    from: "production",
    breaks: needs(VAULT, "properties.publicNetworkAccess", "Enabled"),
  },
  "vault-firewall": {
    from: "production",
    breaks: [
      ...needs(VAULT, "properties.networkAcls.defaultAction", "Allow"),
      ...needs(VAULT, "properties.networkAcls.bypass", "AzureServices"),
    ],
  },
  "logs-local-auth-off": {
    from: "production",
    breaks: needs(LOGS, "features.disableLocalAuth", false),
  },
  "logs-retention": { from: "production", breaks: needs(LOGS, "retentionInDays", 29, "30") },
  "insights-in-workspace": {
    from: "sandbox",
    // Unknown is right here: the id is Azure's.
    breaks: needs(INSIGHTS, "workspaceResourceId", "", " ").filter(
      ({ what }) => !what.endsWith("unknown"),
    ),
  },
  "insights-entra-only": {
    from: "sandbox",
    given: set(INSIGHTS, "disableLocalAuth", true),
    breaks: needs(INSIGHTS, "disableLocalAuth", false),
  },
  "diagnostics-present": {
    from: "production",
    breaks: [
      ...[REGISTRY, VAULT, "network-nodes-rules"].map((logged) =>
        missing(`${logged}'s setting missing`, without(`${logged}-diagnostics`), logged),
      ),
      missing("the cluster's setting missing", without("monitoring-diagnostics"), "cluster"),
      missing("the storage's setting missing", without("features-diagnostics"), STORAGE),
      missing("the blob service missing", without(BLOBS), STORAGE),
      ...blaming(REGISTRY, needs("registry-diagnostics", "workspaceId", "")).filter(
        ({ what }) => !what.endsWith("unknown"),
      ),
      ...blaming(REGISTRY, needs("registry-diagnostics", "logs.0.enabled", false)),
      ...blaming(REGISTRY, needs("registry-diagnostics", "resourceUri", "/subscriptions/else")),
      wrongly(
        "one more vault",
        add("azure-native:keyvault:Vault", {}, { id: "/subscriptions/1/vaults/added" }),
        "added",
      ),
      missing("its workspace missing", unset("key-vault-diagnostics", "workspaceId"), VAULT),
    ],
  },
};
