import { listAt, nonEmptyTextAt, numberAt, textsAt } from "../graph/paths";
import { surgeOf } from "../config/production/capacity";
import { ofType, type Declared } from "./declared";

/** A node pool at its largest. */
export interface Pool {
  readonly name: string;
  readonly vmSize: string;
  readonly zones: readonly string[];
  readonly maxCount: number;
  /** Nodes on top during an upgrade. */
  readonly surge: number;
}

export const CLUSTERS = "Microsoft.ContainerService/managedClusters";

/** All pools of the declared cluster, the system pool first. */
export function poolsOf(declared: Declared): readonly Pool[] {
  const system = ofType(declared, CLUSTERS).flatMap(({ inputs }) =>
    listAt(inputs, "agentPoolProfiles").map((one) =>
      pool(nonEmptyTextAt(one, "name") ?? "system", one),
    ),
  );
  const others = ofType(declared, `${CLUSTERS}/agentPools`).map(({ name, inputs }) =>
    pool(name, inputs),
  );
  return [...system, ...others];
}

function pool(name: string, body: unknown): Pool {
  const maxCount = numberAt(body, "maxCount") ?? numberAt(body, "count") ?? 0;
  return {
    name,
    vmSize: nonEmptyTextAt(body, "vmSize") ?? "",
    zones: textsAt(body, "availabilityZones"),
    maxCount,
    surge: surgeOf(maxCount),
  };
}
