import { mustBe, mustBeAtLeast, requires } from "../inputChecks";
import { names, ofType, refersTo, violations } from "../relations";
import { PRODUCTION, type RuleDefinition } from "../rule";

const ACCOUNT = "azure-native:storage:StorageAccount";

/** PSRule's minimum; Azure accepts 1 to 365. */
const MIN_DAYS = 7;

export const storageRules: readonly RuleDefinition[] = [
  // The second control beside the account's: a container that allows public access becomes public when the account's
  // setting is changed.
  {
    id: "storage-containers-private",
    title: "Every container is private",
    references: { psrule: ["Azure.Storage.BlobAccessType"] },
    types: ["azure-native:storage:BlobContainer"],
    checkResource: requires("publicAccess", "None"),
  },
  // Object replication to an account in another tenant creates a copy that nobody here sees.
  {
    id: "storage-cross-tenant-off",
    title: "Object replication to other tenants is disabled",
    references: { azurePolicy: ["92a89a79-6c52-4a7e-a03f-61306fc49312"] },
    types: [ACCOUNT],
    checkResource: requires("allowCrossTenantReplication", false),
  },
  // The second encryption, below the service's own, can only be set at creation: an account without it has to be
  // recreated, with its data.
  {
    id: "storage-double-encryption",
    title: "Storage uses infrastructure encryption",
    targets: PRODUCTION,
    references: { azurePolicy: ["4733ea7b-a883-42fe-8cac-97454c2a9e4a"] },
    types: [ACCOUNT],
    checkResource: requires("encryption.requireInfrastructureEncryption", true),
  },
  // Protects the account if somebody reopens its public endpoint. `bypass: None`, because no Azure service needs the
  // features (docs/findings.md, CKV_AZURE_36); only the account of flow logs admits Network Watcher, which writes them.
  {
    id: "storage-firewall",
    title: "The storage firewall denies access by default",
    targets: PRODUCTION,
    references: {
      psrule: ["Azure.Storage.Firewall"],
      azurePolicy: ["34c877ad-507e-4c82-993e-3452a6e0ad3c"],
    },
    checkStack: (resources) => {
      const logs = ofType(resources, "azure-native:network:FlowLog");
      return ofType(resources, ACCOUNT).flatMap((account) => {
        const hasFlowLogs = logs.some((log) => refersTo(log, "storageId", account));
        const allowed = hasFlowLogs ? ["None", "AzureServices"] : ["None"];
        return violations(account, [
          ...mustBe(account.inputs, "networkRuleSet.defaultAction", "Deny"),
          ...mustBe(account.inputs, "networkRuleSet.bypass", ...allowed),
        ]);
      });
    },
  },
  // Over HTTP, tokens and features could be read on the network.
  {
    id: "storage-https-only",
    title: "Storage accepts only HTTPS",
    references: {
      psrule: ["Azure.Storage.SecureTransfer"],
      azurePolicy: ["404c3081-a854-4457-ae30-26a93ef643f9"],
    },
    types: [ACCOUNT],
    checkResource: requires("enableHttpsTrafficOnly", true),
  },
  // Local users of SFTP have their own passwords or keys, outside Entra ID.
  {
    id: "storage-local-users-off",
    title: "Storage has no local users",
    references: {
      other: ['Azure Storage, "SSH File Transfer Protocol (SFTP) support", local users'],
    },
    types: [ACCOUNT],
    checkResource: requires("isLocalUserEnabled", false),
  },
  // Older versions of TLS have known weaknesses. Required even where Azure's default is the same today.
  {
    id: "storage-minimum-tls",
    title: "Storage accepts only TLS 1.2 or newer",
    references: {
      psrule: ["Azure.Storage.MinTLS"],
      azurePolicy: ["fe83a0eb-a853-422d-aac2-1bffd182c5d0"],
    },
    types: [ACCOUNT],
    checkResource: requires("minimumTlsVersion", "TLS1_2", "TLS1_3"),
  },
  // Pods in the network read the features. Azure's default is open, so a missing value fails.
  {
    id: "storage-public-access-off",
    title: "Storage is reachable only through private endpoints",
    targets: PRODUCTION,
    references: { azurePolicy: ["b2982f36-99f2-4db5-8eff-283140c09693"] },
    types: [ACCOUNT],
    checkResource: requires("publicNetworkAccess", "Disabled"),
  },
  // The account's setting: while it is on, one misconfigured container exposes models or features to everybody.
  {
    id: "storage-public-blobs-off",
    title: "No container of the account can be made public",
    references: {
      psrule: ["Azure.Storage.BlobPublicAccess"],
      azurePolicy: ["4fa4b6c0-31ca-4c0d-b10d-24b96f62a751"],
    },
    types: [ACCOUNT],
    checkResource: requires("allowBlobPublicAccess", false),
  },
  // An account key gives full access, identifies nobody and is often copied into connection strings. Only identities
  // with a role have access.
  {
    id: "storage-shared-keys-off",
    title: "Storage does not accept account keys or tokens signed with them",
    references: {
      psrule: ["Azure.Storage.LocalAuth"],
      azurePolicy: ["8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54"],
    },
    types: [ACCOUNT],
    checkResource: requires("allowSharedKeyAccess", false),
  },
  // Deleted files and containers are recoverable for a while, also by the person who deleted them. The setting is on
  // a resource beside the account, so an account without that resource has no soft delete.
  {
    id: "storage-soft-delete",
    title: "Deleted blobs and containers are recoverable for a week",
    targets: PRODUCTION,
    references: { psrule: ["Azure.Storage.ContainerSoftDelete", "Azure.Storage.SoftDelete"] },
    checkStack: (resources) =>
      ofType(resources, ACCOUNT).flatMap((account) => {
        const services = ofType(resources, "azure-native:storage:BlobServiceProperties").filter(
          (service) => names(service, "accountName", account, account.inputs["accountName"]),
        );
        if (services.length === 0) {
          return violations(account, ["has no BlobServiceProperties, so no soft delete"]);
        }
        return services.flatMap((service) =>
          violations(
            service,
            ["deleteRetentionPolicy", "containerDeleteRetentionPolicy"].flatMap((policy) => [
              ...mustBe(service.inputs, `${policy}.enabled`, true),
              ...mustBeAtLeast(service.inputs, `${policy}.days`, MIN_DAYS),
            ]),
          ),
        );
      }),
  },
];
