import { markdownTable } from "../policy/markdownTable";

/** Who has a right: those who run the program, and the identities that it makes. */
export type Identity =
  | "reading identity"
  | "deploying identity"
  | "cluster administrators"
  | "image pipeline"
  | "certificate officers"
  | "feature writers"
  | "conformance runs"
  | "workspace"
  | "endpoint"
  | "control plane"
  | "kubelet"
  | "scoring pods"
  | "gateway"
  | "flow logs";

export interface Right {
  readonly who: Identity;
  readonly stack: "sandbox" | "production" | "both";
  /** Name of the role as Azure, or the cluster, has it. */
  readonly role: string;
  /** Where it holds, for people. */
  readonly scope: string;
  /** ARM type of the scope, where the stack grants it. */
  readonly grantedOn?: string;
  /** Who else grants it; an administrator unless said. */
  readonly grantedBy?: string;
  /** What it is needed for. */
  readonly why: string;
}

const CLUSTER = "Microsoft.ContainerService/managedClusters";
const CONTAINER = "Microsoft.Storage/storageAccounts/blobServices/containers";
const STORAGE = "Microsoft.Storage/storageAccounts";
const REGISTRY = "Microsoft.ContainerRegistry/registries";

/** Scope of what is read before an update and belongs to no resource group. */
export const SUBSCRIPTION_SCOPE = "subscription";
/** A stack that makes its group needs the roles before there is one. */
export const GROUP_SCOPE =
  "the stack's resource group; the subscription, where the stack makes the group";
/** What a hub owns and the settings name. */
const HUB = "the hub's network and zones, where `vnetId` or `privateDnsZoneIds` name them";
/** Azure's own resource, outside the stack's group. */
const WATCHER = "network watcher of the region, in `NetworkWatcherRG`";

/** The exact role for a scope, in the order of the document. */
const reading: readonly Omit<Right, "who">[] = [
  { stack: "both", role: "Reader", scope: GROUP_SCOPE, why: "look-ups, refresh" },
  {
    stack: "both",
    role: "Storage Blob Data Reader",
    scope: "container of the state",
    why: "the state",
  },
  {
    stack: "both",
    role: "Key Vault Crypto User",
    scope: "key of the state's secrets",
    why: "its secrets",
  },
  {
    stack: "sandbox",
    role: "Storage Blob Data Reader",
    scope: "container `assets`",
    grantedOn: CONTAINER,
    why: "refresh of uploads",
  },
  {
    stack: "production",
    role: "Reader",
    scope: WATCHER,
    why: "refresh of the flow log",
  },
  {
    stack: "production",
    role: "Azure Kubernetes Service Cluster User Role",
    scope: "cluster",
    grantedOn: CLUSTER,
    why: "the kubeconfig",
  },
  {
    stack: "production",
    role: "Azure Kubernetes Service RBAC Reader",
    scope: "cluster",
    grantedOn: CLUSTER,
    why: "objects in the cluster",
  },
  {
    stack: "production",
    role: "Role `preview-reader`",
    scope: "both namespaces",
    grantedOn: "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    why: "Gateway, HTTPRoute, roles",
  },
];

const deploying: readonly Omit<Right, "who">[] = [
  {
    stack: "both",
    role: "Contributor",
    scope: GROUP_SCOPE,
    why: "every resource, traffic",
  },
  {
    stack: "both",
    role: "Role Based Access Control Administrator",
    scope: GROUP_SCOPE,
    why: "the grants below; limit it to their roles",
  },
  {
    stack: "both",
    role: "Reader",
    scope: SUBSCRIPTION_SCOPE,
    why: "`npm run preflight`, versions of Kubernetes",
  },
  {
    stack: "production",
    role: "Resource Policy Contributor",
    scope: GROUP_SCOPE,
    why: "the policy of the cluster",
  },
  {
    stack: "production",
    role: "Contributor",
    scope: WATCHER,
    why: "the flow log, unless `network.flowLogs` is `false`",
  },
  {
    stack: "production",
    role: "Contributor",
    scope: HUB,
    why: "subnets, links, records",
  },
  {
    stack: "production",
    role: "Role Based Access Control Administrator",
    scope: HUB,
    why: "the control plane's roles there",
  },
  {
    stack: "both",
    role: "Storage Blob Data Contributor",
    scope: "container of the state",
    why: "the state",
  },
  {
    stack: "both",
    role: "Key Vault Crypto User",
    scope: "key of the state's secrets",
    why: "its secrets",
  },
  {
    stack: "sandbox",
    role: "Storage Blob Data Contributor",
    scope: "container `assets`",
    grantedOn: CONTAINER,
    why: "uploads; as one of `deployers`",
  },
  {
    stack: "production",
    role: "Azure Kubernetes Service RBAC Cluster Admin",
    scope: "cluster",
    why: "objects in the cluster; in one of `cluster.adminGroupObjectIds`",
  },
];

const own: readonly Right[] = [
  {
    who: "cluster administrators",
    stack: "production",
    role: "Azure Kubernetes Service RBAC Cluster Admin",
    scope: "cluster",
    grantedOn: CLUSTER,
    why: "everything in the cluster",
  },
  {
    who: "cluster administrators",
    stack: "production",
    role: "Azure Kubernetes Service Cluster User Role",
    scope: "cluster",
    grantedOn: CLUSTER,
    why: "the kubeconfig",
  },
  {
    who: "workspace",
    stack: "sandbox",
    // Azure ML, "Manage access to Azure Machine Learning workspaces", Azure AI Administrator role.
    role: "Azure AI Administrator",
    scope: "the stack's resource group",
    grantedBy: "Azure ML",
    why: "storage, vault, registry, images; system-assigned identity",
  },
  {
    who: "endpoint",
    stack: "sandbox",
    role: "AcrPull",
    scope: "registry",
    grantedOn: REGISTRY,
    why: "images of environments",
  },
  {
    who: "endpoint",
    stack: "sandbox",
    role: "Storage Blob Data Reader",
    scope: "storage account of the workspace",
    grantedOn: STORAGE,
    why: "code and models",
  },
  {
    who: "endpoint",
    stack: "sandbox",
    role: "AzureML Metrics Writer (preview)",
    scope: "workspace",
    grantedOn: "Microsoft.MachineLearningServices/workspaces",
    why: "metrics",
  },
  {
    who: "control plane",
    stack: "production",
    role: "Private DNS Zone Contributor",
    scope: "zone of the API server",
    grantedOn: "Microsoft.Network/privateDnsZones",
    why: "the API server's name",
  },
  {
    who: "control plane",
    stack: "production",
    role: "Network Contributor",
    scope: "network",
    grantedOn: "Microsoft.Network/virtualNetworks",
    why: "subnets, link of the zone",
  },
  {
    who: "control plane",
    stack: "production",
    role: "Managed Identity Operator",
    scope: "identity of the kubelet",
    grantedOn: "Microsoft.ManagedIdentity/userAssignedIdentities",
    why: "gives it to nodes",
  },
  {
    who: "kubelet",
    stack: "production",
    role: "AcrPull",
    scope: "registry",
    grantedOn: REGISTRY,
    why: "images",
  },
  {
    who: "scoring pods",
    stack: "production",
    role: "Storage Blob Data Reader",
    scope: "container `features`",
    grantedOn: CONTAINER,
    why: "features",
  },
  {
    who: "gateway",
    stack: "production",
    role: "Key Vault Secrets User",
    scope: "vault",
    grantedOn: "Microsoft.KeyVault/vaults",
    why: "certificate, where `certificateName` names one",
  },
  {
    who: "flow logs",
    stack: "production",
    role: "Storage Blob Data Contributor",
    scope: "storage account of the flow logs",
    grantedOn: STORAGE,
    why: "writes the records, unless `network.flowLogs` is `false`",
  },
  {
    who: "image pipeline",
    stack: "sandbox",
    role: "AcrPush",
    scope: "registry",
    why: "`image.yml`",
  },
  {
    who: "certificate officers",
    stack: "production",
    role: "Key Vault Certificates Officer",
    scope: "vault",
    why: "create or import the certificate that `certificateName` names",
  },
  {
    who: "feature writers",
    stack: "production",
    role: "Storage Blob Data Contributor",
    scope: "container `features`",
    why: "the feature table",
  },
  {
    who: "conformance runs",
    stack: "sandbox",
    role: "Contributor",
    scope: "resource group of the run",
    why: "`npm run conformance -- --azure`",
  },
  {
    who: "conformance runs",
    stack: "sandbox",
    role: "Role Based Access Control Administrator",
    scope: "resource group of the run",
    why: "roles of the run's endpoints",
  },
];

/**
 * Every role that the stacks need, once: docs/operations.md shows this table, and a test compares it with the calls that
 * the program makes and the roles that it grants.
 */
export const rights: readonly Right[] = [
  ...reading.map((right) => ({ who: "reading identity" as const, ...right })),
  ...deploying.map((right) => ({ who: "deploying identity" as const, ...right })),
  ...own,
];

/** The table of docs/operations.md. */
export function rightsTable(): string {
  return markdownTable(
    ["identity", "stack", "role", "on", "granted by", "for"],
    rights.map(({ who, stack, role, scope, grantedOn, grantedBy = "an administrator", why }) => [
      who,
      stack,
      role,
      scope,
      grantedOn === undefined ? grantedBy : "the stack",
      why,
    ]),
  );
}

const BEGIN = "<!-- Made by: npm run rights -->";
const END = "<!-- End of what npm run rights makes -->";

/** A document with the table in its place. @throws Error where it has none */
export function withRightsTable(document: string): string {
  const [before, rest = ""] = document.split(BEGIN);
  const [, after] = rest.split(END);
  if (before === undefined || after === undefined) throw new Error(`there is no ${BEGIN} … ${END}`);
  return `${before}${BEGIN}\n\n${rightsTable()}\n\n${END}${after}`;
}
