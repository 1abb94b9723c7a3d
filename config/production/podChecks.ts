import type { Report } from "../azureml/issues";
import { didYouMean } from "../azureml/nearest";
import { registryHost } from "../names";
import { releaseId } from "../release";
import type { OnlineDeploymentDefinition } from "../types";
import { hostOf } from "./imageNames";
import { millicores } from "./quantities";
import type { ProductionSettings } from "./settings";
import type { NodePool } from "./productionTypes";
import { cpusOf } from "./vmSizes";

/** What the scoring pods' settings mean together with others. */

type Settings = Partial<ProductionSettings>;

/** The pool that runs the scoring pods: the one that is named, or the only one. */
export function scoringPool(
  pools: readonly NodePool[],
  name: string | undefined,
): NodePool | undefined {
  return name === undefined && pools.length === 1
    ? pools[0]
    : pools.find((pool) => pool.name === name);
}

/** That the pool is known, and that the pods fit on its machines as far as the name of their size tells. */
export function checkPods({ cluster, scale, resources }: Settings, report: Report): void {
  if (cluster === undefined || scale === undefined) return;
  const pool = scoringPool(cluster.userPools, scale.pool);
  if (pool === undefined) {
    const names = cluster.userPools.map((known) => known.name);
    const what = scale.pool === undefined ? "is missing" : "is {value}";
    const guess = didYouMean(scale.pool ?? "", names);
    report.error(
      ["scale", "pool"],
      `${what}; must name the user pool that runs the scoring pods, one of ${names.join(", ")}${guess}`,
    );
    return;
  }
  const cpus = cpusOf(pool.vmSize);
  if (cpus === undefined || resources === undefined) return;
  const wanted = millicores(resources.cpuRequest);
  const machine = `a node of pool ${pool.name} (${pool.vmSize})`;
  if (wanted >= cpus * 1000) {
    report.error(
      ["resources", "cpuRequest"],
      `is "${resources.cpuRequest}", and ${machine} has ${cpus} CPUs, not all of them for pods; no pod would ever start`,
    );
  } else if (scale.maxReplicas * wanted > pool.maxCount * cpus * 1000) {
    const all = (scale.maxReplicas * wanted) / 1000;
    report.warning(
      ["scale", "maxReplicas"],
      `is {value}; so many pods request ${all} CPUs, and pool ${pool.name} has ${pool.maxCount * cpus} at its largest (maxCount ${pool.maxCount})`,
    );
  }
}

/** Images of other registries: the kubelet's identity may pull from the stack's own one only. */
export function checkRegistry({ image, canary }: Settings, registry: string, report: Report): void {
  const own = registryHost(registry);
  const images = [
    [["image", "digest"], image?.kind === "digest" ? image.reference : undefined],
    [["canary", "image"], canary?.image],
  ] as const;
  for (const [key, reference] of images) {
    const host = reference === undefined ? undefined : hostOf(reference);
    if (host === undefined || host === own) continue;
    report.warning(
      key,
      `is in the registry ${host}; nodes have the right to pull from this stack's ${own} alone, import it there (az acr import)`,
    );
  }
}

/** The canary against what runs beside it. */
export function checkCanary(
  { image, canary }: Settings,
  deployment: OnlineDeploymentDefinition,
  report: Report,
): void {
  if (canary === undefined) return;
  const isSameImage =
    image?.kind === "digest" && digestOf(image.reference) === digestOf(canary.image);
  const isSameRelease = canary.releaseId === releaseId(deployment);
  if (isSameImage && !isSameRelease) {
    report.error(
      ["canary", "releaseId"],
      `is not the release of canary.image: that is image.digest, whose release is ${releaseId(deployment)}`,
    );
  } else if (isSameImage) {
    report.warning(["canary", "image"], "is the image that runs already (image.digest)");
  } else if (isSameRelease) {
    report.warning(["canary", "releaseId"], "is the release that runs already");
  }
  if (canary.weight >= 50 && canary.replicas === 1) {
    report.warning(
      ["canary", "weight"],
      "is {value} percent of the requests for a single replica; set canary.replicas",
    );
  }
}

function digestOf(reference: string): string | undefined {
  return reference.split("@")[1];
}
