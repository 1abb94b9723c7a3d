import { createHash } from "node:crypto";

/**
 * What makes the names of one stack unlike those of any other. Storage accounts, vaults and registries share one
 * name space over all of Azure, so the team's word alone would collide.
 */
export interface NameScope {
  /** Short word for the team's workload: a lower-case letter, then letters and digits, 2 to 12 in all. */
  readonly workload: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly stack: string;
  /** From 1; every other one gives other names, for a stack that is made again while Azure still keeps the old ones. */
  readonly generation: number;
}

/** An Azure ML workspace's name (Azure resource naming rules, Microsoft.MachineLearningServices). */
export const WORKSPACE_PATTERN = /^[a-zA-Z0-9][\w-]{2,32}$/;

export const WORKLOAD_PATTERN = /^[a-z][a-z0-9]{1,11}$/;

/**
 * Name of the resource group that a stack makes for itself, from the same parts except for the group. It says which group the
 * stack has, and is a part of all its other names.
 */
export function ownResourceGroup(scope: Omit<NameScope, "resourceGroup">): string {
  return `rg-${scope.workload}-${nameSuffix({ ...scope, resourceGroup: "" })}`;
}

/**
 * Physical names of the sandbox, the same in every run (a random suffix would make a second workspace out of a
 * lost state file). Prefixes are those of the Cloud Adoption Framework; with a workload of at most 12 characters
 * every name keeps to its limit without cutting: storage account 3–24 lower-case letters and digits, vault 3–24,
 * registry 5–50 letters and digits, workspace 3–33.
 */
export function sandboxNames(scope: NameScope) {
  const suffix = nameSuffix(scope);
  const { workload } = scope;
  return {
    workspace: `mlw-${workload}-${suffix}`,
    storageAccount: `st${workload}${suffix}`,
    keyVault: `kv-${workload}-${suffix}`,
    registry: `cr${workload}${suffix}`,
    logAnalytics: `log-${workload}-${suffix}`,
    applicationInsights: `appi-${workload}-${suffix}`,
    /** With the private endpoints of a private level. */
    virtualNetwork: `vnet-${workload}-${suffix}`,
    endpointIdentity: `id-${workload}-endpoint-${suffix}`,
    // Taken once in a tenant, whatever the subscription (Azure RBAC, "Azure custom roles", Name).
    callerRole: `Caller of the online endpoint ${workload}-${suffix}`,
    /** Blob container of this stack in a storage account that others use too: 3–63 lower-case letters, digits and dashes. */
    assetContainer: `assets-${workload}-${suffix}`,
    actionGroup: `ag-${workload}-${suffix}`,
  };
}

export type SandboxNames = Readonly<ReturnType<typeof sandboxNames>>;

/**
 * Physical names of production, by the same rules. Further limits: cluster 1–63 and Azure Monitor workspace 4–63 letters,
 * digits and dashes; DNS prefix 1–54; node resource group at most 80 (AKS, "Limits for the node resource group name").
 */
export function productionNames(scope: NameScope) {
  const suffix = nameSuffix(scope);
  const { workload } = scope;
  return {
    virtualNetwork: `vnet-${workload}-${suffix}`,
    natGateway: `ng-${workload}-${suffix}`,
    routeTable: `rt-${workload}-${suffix}`,
    registry: `cr${workload}${suffix}`,
    keyVault: `kv-${workload}-${suffix}`,
    storageAccount: `st${workload}${suffix}`,
    flowLogStorage: `stflow${workload}${suffix}`,
    logAnalytics: `log-${workload}-${suffix}`,
    // Azure Monitor workspace, which keeps Prometheus metrics.
    monitorWorkspace: `amw-${workload}-${suffix}`,
    cluster: `aks-${workload}-${suffix}`,
    // Begins the API server's host name.
    dnsPrefix: `${workload}-${suffix}`,
    nodeResourceGroup: `rg-${workload}-nodes-${suffix}`,
    clusterIdentity: `id-${workload}-cluster-${suffix}`,
    kubeletIdentity: `id-${workload}-kubelet-${suffix}`,
    scoringIdentity: `id-${workload}-scoring-${suffix}`,
    gatewayIdentity: `id-${workload}-gateway-${suffix}`,
    flowLogIdentity: `id-${workload}-flow-logs-${suffix}`,
    actionGroup: `ag-${workload}-${suffix}`,
    /** Events of the vault. */
    vaultEvents: `egst-${workload}-${suffix}`,
    // 2–30 letters, digits and dashes; the portal shows them as titles.
    dashboards: {
      scoring: `${workload}-scoring-${suffix}`,
      nodes: `${workload}-nodes-${suffix}`,
    },
  };
}

export type ProductionNames = Readonly<ReturnType<typeof productionNames>>;

/** Host of a registry in Azure's public cloud. */
export function registryHost(registry: string): string {
  return `${registry}.azurecr.io`;
}

/** The workload again, out of names that were made from it. */
export function workloadOf(names: { readonly storageAccount: string }): string {
  return names.storageAccount.slice("st".length, -SUFFIX_LENGTH);
}

const SUFFIX_LENGTH = 6;

/** Six hex digits over where the stack lives: 16 million values, the same on every machine. */
function nameSuffix(scope: NameScope): string {
  // Azure compares ids without regard to case, so a change of case must not rename anything.
  const place = [
    scope.subscriptionId,
    scope.resourceGroup,
    scope.stack,
    ...(scope.generation === 1 ? [] : [scope.generation]),
  ]
    .join("/")
    .toLowerCase();
  return createHash("sha256").update(place).digest("hex").slice(0, SUFFIX_LENGTH);
}
