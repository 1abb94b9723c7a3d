import * as containerservice from "@pulumi/azure-native/containerservice";
import { ConfigError } from "../errors";
import { settingProblem } from "../config/settingProblem";

/** What the cluster has now. */
export interface LiveCluster {
  /** Kubernetes version with its patch, such as `1.37.5`; missing while there is no cluster. */
  readonly version?: string;
  /** By the pool's name. AKS lists pools in alphabetical order (terraform-provider-azurerm issue 4676). */
  readonly pools: Readonly<Record<string, LivePool>>;
}

export interface LivePool {
  /** The version that somebody asked for last: `1.37`, or `1.37.5` after AKS has raised the patch. */
  readonly orchestratorVersion?: string;
  /** Number of nodes. */
  readonly count?: number;
}

/**
 * Looks up what AKS changes by itself, versions and numbers of nodes, before anything is declared. Pulumi's state cannot
 * tell a patch of AKS's from one that somebody asked for, and knows numbers of nodes as of its last refresh.
 *
 * @param stack name of the stack, for the message
 * @throws ConfigError when the cluster cannot be looked up for another reason than that it does not exist: going on
 *   would mean to guess whether it has to be upgraded
 */
export async function liveCluster(
  cluster: { readonly resourceGroupName: string; readonly clusterName: string },
  stack: string,
): Promise<LiveCluster> {
  try {
    const { currentKubernetesVersion, agentPoolProfiles } =
      await containerservice.getManagedCluster({
        resourceGroupName: cluster.resourceGroupName,
        resourceName: cluster.clusterName,
      });
    const pools = (agentPoolProfiles ?? []).map(
      ({ name, orchestratorVersion, count }) =>
        [
          name,
          {
            ...(orchestratorVersion === undefined ? {} : { orchestratorVersion }),
            ...(count === undefined ? {} : { count }),
          },
        ] as const,
    );
    return { version: currentKubernetesVersion, pools: byName(pools) };
  } catch (error) {
    const { message } = error as Error;
    if (isNotFound(message)) return { pools: byName([]) };
    throw new ConfigError([
      settingProblem(
        stack,
        "mlscore:cluster",
        `cluster ${cluster.clusterName} in ${cluster.resourceGroupName} cannot be looked up; the identity that runs ` +
          `this needs the role Reader on the resource group: ${message}`,
      ),
    ]);
  }
}

/** Without a prototype: `constructor` is a name that a pool can have, also one that is not there yet. */
function byName<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  const none = Object.create(null) as Record<string, T>;
  return Object.assign(none, Object.fromEntries(entries));
}

/**
 * Whether a failed look-up says that there is no such cluster, or not even its resource group. azure-native answers
 * `Status=404 Code="ResourceNotFound" Message="…"` (its PulumiAzcoreResponseError).
 */
export function isNotFound(message: string): boolean {
  return /\bStatus=404\b|\bResource(Group)?NotFound\b/.test(message);
}

/**
 * Whether what runs is what is wanted, except for the patch: then the version is AKS's to raise and Pulumi must not
 * touch it. AKS itself turns `1.37` into `1.37.5` with its first upgrade (Azure/AKS issue 3573).
 *
 * @param live such as `1.37.5`
 * @param wantedMinor such as `1.37`
 */
export function versionIgnored(live: string | undefined, wantedMinor: string): boolean {
  return live === wantedMinor || live?.startsWith(`${wantedMinor}.`) === true;
}

/**
 * Refuses a version that AKS would refuse in the middle of an update.
 *
 * @throws ConfigError that says which version can be had
 */
export function assertUpgradePath(live: LiveCluster, wantedMinor: string, stack: string): void {
  const message = upgradeProblem(live.version, wantedMinor);
  if (message === undefined) return;
  throw new ConfigError([settingProblem(stack, "mlscore:cluster.kubernetesVersion", message)]);
}

/**
 * Why a cluster cannot go from one version to the other: AKS neither goes back nor skips a minor version ("Upgrade an
 * AKS cluster", Kubernetes version upgrades).
 *
 * @param live such as `1.37.5`; undefined while there is no cluster
 */
export function upgradeProblem(live: string | undefined, wantedMinor: string): string | undefined {
  if (live === undefined) return undefined;
  const [liveMajor = 0, liveMinor = 0] = live.split(".").map(Number);
  const [wantedMajor = 0, wanted = 0] = wantedMinor.split(".").map(Number);
  if (wantedMajor < liveMajor || (wantedMajor === liveMajor && wanted < liveMinor)) {
    return `is ${wantedMinor}, but the cluster runs ${live}, and AKS cannot downgrade; write "${liveMajor}.${liveMinor}" there`;
  }
  if (wantedMajor === liveMajor && wanted > liveMinor + 1) {
    return (
      `is ${wantedMinor}, but the cluster runs ${live}, and AKS skips no minor version; ` +
      `go to "${liveMajor}.${liveMinor + 1}" first`
    );
  }
  return undefined;
}
