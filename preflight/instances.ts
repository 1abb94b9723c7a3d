import { listAt, nonEmptyTextAt, numberAt, textAt } from "../graph/paths";
import { sameText } from "../graph/sameText";
import { ofType, type Declared } from "./declared";

export const ENDPOINTS = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints";

/** The instances of one deployment. */
export interface Instances {
  readonly name: string;
  readonly size: string;
  readonly count: number;
}

/** A scaled deployment counts with its maximum: quota that is missing then shows only when the load is high. */
export function instancesOf(declared: Declared): readonly Instances[] {
  const settings = ofType(declared, "Microsoft.Insights/autoscaleSettings");
  return ofType(declared, `${ENDPOINTS}/deployments`).map(({ id, name, inputs }) => {
    const maxima = settings
      .filter((setting) => sameText(textAt(setting.inputs, "targetResourceUri"), id))
      .flatMap((setting) => listAt(setting.inputs, "profiles"))
      .map((profile) => numberAt(profile, "capacity.maximum") ?? 0);
    return {
      name,
      size: nonEmptyTextAt(inputs, "properties.instanceType") ?? "",
      count: Math.max(numberAt(inputs, "sku.capacity") ?? 0, ...maxima),
    };
  });
}

/** The compute clusters that build images, at their largest. Without the fifth that deployments reserve. */
export function buildMachines(declared: Declared): readonly Instances[] {
  return ofType(declared, "Microsoft.MachineLearningServices/workspaces/computes").map(
    ({ name, inputs }) => ({
      name,
      size: nonEmptyTextAt(inputs, "properties.properties.vmSize") ?? "",
      count: numberAt(inputs, "properties.properties.scaleSettings.maxNodeCount") ?? 0,
    }),
  );
}

/**
 * Instances for which Azure ML wants quota: a fifth more for upgrades, rounded up, except for sizes with costly accelerators
 * (Azure ML, "Manage and increase quotas", virtual machine quota allocation for deployment; "Managed online endpoints VM
 * SKU list").
 */
export function reservedInstances({ size, count }: Instances): number {
  // In whole numbers: 1.2 × 5 is a little more than 6 in floating point.
  return EXEMPT.test(size) ? count : Math.ceil((count * 12) / 10);
}

/** NC A100 v4, NC H100 v5 and all ND. */
const EXEMPT = /^Standard_(ND|NC\w*_(A100_v4|H100_v5)$|NCC?\d+ad\w*_H100_v5$)/i;
