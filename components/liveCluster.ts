import * as containerservice from "@pulumi/azure-native/containerservice";
import { ConfigError } from "../config/problems";

/** Kubernetes versions that run now, with their patches, such as `1.37.5`. */
export interface LiveVersions {
  /** Missing while there is no cluster. */
  readonly cluster?: string;
  /** By pool. */
  readonly pools: Readonly<Record<string, string>>;
}

/**
 * Looks up which versions run, before anything is declared. AKS raises patches by itself, and Pulumi's state cannot
 * tell such a patch from one that somebody asked for.
 *
 * @param stack name of the stack, for the message
 * @throws ConfigError when the cluster cannot be looked up for another reason than that it does not exist: going on
 *   would mean to guess whether it has to be upgraded
 */
export async function liveVersions(
  cluster: { readonly resourceGroupName: string; readonly clusterName: string },
  stack: string,
): Promise<LiveVersions> {
  try {
    const { currentKubernetesVersion, agentPoolProfiles } =
      await containerservice.getManagedCluster({
        resourceGroupName: cluster.resourceGroupName,
        resourceName: cluster.clusterName,
      });
    const pools = (agentPoolProfiles ?? []).map(
      ({ name, currentOrchestratorVersion }) => [name, currentOrchestratorVersion] as const,
    );
    return { cluster: currentKubernetesVersion, pools: byName(pools) };
  } catch (error) {
    const { message } = error as Error;
    if (isNotFound(message)) return { pools: byName([]) };
    throw new ConfigError([
      {
        file: `Pulumi.${stack}.yaml`,
        message:
          `cluster ${cluster.clusterName} in ${cluster.resourceGroupName} cannot be looked up; whoever runs this needs ` +
          `the role Reader on the resource group: ${message}`,
        severity: "error",
      },
    ]);
  }
}

/** Without a prototype: `constructor` is a name that a pool can have, and one that has no version yet. */
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
 * Whether what runs is what is wanted, but for the patch: then the version is AKS's to raise and Pulumi must not
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
export function assertUpgradePath(live: LiveVersions, wantedMinor: string, stack: string): void {
  const message = upgradeProblem(live.cluster, wantedMinor);
  if (message === undefined) return;
  throw new ConfigError([
    {
      file: `Pulumi.${stack}.yaml`,
      key: "mlscore:cluster.kubernetesVersion",
      message,
      severity: "error",
    },
  ]);
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
    return `is ${wantedMinor}, but the cluster runs ${live}, and AKS never goes back; put "${liveMajor}.${liveMinor}" there`;
  }
  if (wantedMajor === liveMajor && wanted > liveMinor + 1) {
    return (
      `is ${wantedMinor}, but the cluster runs ${live}, and AKS skips no minor version; ` +
      `go to "${liveMajor}.${liveMinor + 1}" first`
    );
  }
  return undefined;
}
