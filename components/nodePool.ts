import * as containerservice from "@pulumi/azure-native/containerservice";
import type * as azure from "@pulumi/azure-native/types/input";
import type * as pulumi from "@pulumi/pulumi";
import { MAX_SURGE_PERCENT } from "../config/production/capacity";
import type { ClusterSettings, NodePool } from "../config/production/productionTypes";
import { versionIgnored, type LiveCluster, type LivePool } from "./liveCluster";

/**
 * Nobody signs in to a node (AKS, "Manage SSH for secure access to nodes"; the subscription needs the feature
 * DisableSSHPreview), and it starts signed code only (AKS, "Trusted Launch"; machines of generation 2, not ARM64).
 */
const NODE_SECURITY = {
  sshAccess: "Disabled",
  enableSecureBoot: true,
  enableVTPM: true,
} as const;

type Shared = Pick<ClusterSettings, "kubernetesVersion" | "zones" | "hostEncryption">;

/** The pool of AKS's own pods, which is part of the cluster's body. It repels every other pod. */
export function systemPoolProfile(
  settings: Shared & Pick<ClusterSettings, "systemPool">,
  live: LiveCluster,
  subnetId: pulumi.Input<string>,
  tags: Readonly<Record<string, string>>,
): azure.containerservice.ManagedClusterAgentPoolProfileArgs {
  return {
    ...poolProperties(settings.systemPool, settings, live, subnetId, tags),
    name: settings.systemPool.name,
    mode: "System",
    nodeTaints: ["CriticalAddonsOnly=true:NoSchedule"],
  };
}

export interface UserPoolsArgs {
  readonly settings: Shared & Pick<ClusterSettings, "userPools">;
  readonly live: LiveCluster;
  readonly clusterName: pulumi.Input<string>;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly subnetId: pulumi.Input<string>;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * The pools of everything else, each a resource of its own: as parts of the cluster's body they would be compared by
 * position, and one more pool would look like a change of all (pulumi-azure-native issues 1808 and 2059).
 *
 * One after the other, so that an upgrade needs the quota for one pool's surge, and AKS is not given a second
 * operation during the first. AKS labels the nodes with their pool (`kubernetes.azure.com/agentpool`).
 */
export function userPools(
  name: string,
  args: UserPoolsArgs,
  opts: pulumi.CustomResourceOptions,
): containerservice.AgentPool[] {
  const { settings, live } = args;
  const created: containerservice.AgentPool[] = [];
  for (const pool of settings.userPools) {
    created.push(
      new containerservice.AgentPool(
        `${name}-${pool.name}`,
        {
          agentPoolName: pool.name,
          resourceName: args.clusterName,
          resourceGroupName: args.resourceGroupName,
          ...poolProperties(pool, settings, live, args.subnetId, args.tags),
          mode: "User",
        },
        { ...opts, dependsOn: created.slice(-1) },
      ),
    );
  }
  return created;
}

function poolProperties(
  pool: NodePool,
  settings: Shared,
  { pools }: LiveCluster,
  subnetId: pulumi.Input<string>,
  tags: Readonly<Record<string, string>>,
) {
  const live = pools[pool.name];
  return {
    type: "VirtualMachineScaleSets",
    vmSize: pool.vmSize,
    osType: "Linux",
    osSKU: "AzureLinux",
    // Nodes keep nothing, so the disk may go with its host: it is faster, costs nothing and cannot throttle. Said,
    // because AKS would quietly take a network disk for a VM size on which this one has no room.
    osDiskType: "Ephemeral",
    osDiskSizeGB: pool.osDiskSizeGB,
    vnetSubnetID: subnetId,
    availabilityZones: [...settings.zones],
    enableAutoScaling: true,
    count: nodeCount(pool, live),
    minCount: pool.minCount,
    maxCount: pool.maxCount,
    // What Kubernetes itself is tested for ("Considerations for large clusters"); the overlay would take 250.
    maxPods: 110,
    orchestratorVersion: poolVersion(settings.kubernetesVersion, live),
    enableEncryptionAtHost: settings.hostEncryption,
    enableNodePublicIP: false,
    securityProfile: NODE_SECURITY,
    // AKS's advice for production ("Upgrade an AKS cluster", customize node surge upgrade).
    upgradeSettings: { maxSurge: `${MAX_SURGE_PERCENT}%` },
    tags,
  };
}

/**
 * The number of nodes to send: what the autoscaler has chosen, within the pool's limits, so that a write never changes it.
 * A new autoscaled pool needs a number as well (azure-rest-api-specs pull request 7746).
 *
 * Not left to `ignoreChanges`: Pulumi would send the number that its state knows, and in the cluster's body it would take
 * it from whatever pool has that place in AKS's list.
 */
export function nodeCount(
  { minCount, maxCount }: Pick<NodePool, "minCount" | "maxCount">,
  live: LivePool | undefined,
): number {
  return Math.min(maxCount, Math.max(minCount, live?.count ?? minCount));
}

/**
 * The version to send: the one that the pool was last brought to, while that is the wanted minor version. AKS raises
 * patches by itself.
 */
function poolVersion(wantedMinor: string, live: LivePool | undefined): string {
  const { orchestratorVersion } = live ?? {};
  return orchestratorVersion !== undefined && versionIgnored(orchestratorVersion, wantedMinor)
    ? orchestratorVersion
    : wantedMinor;
}
