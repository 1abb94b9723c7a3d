import { surgeOf } from "../config/production/capacity";
import { ofType, type Declared } from "./declared";
import { listIn, numberIn, textIn, textsIn } from "./question";

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
    listIn(inputs, "agentPoolProfiles").map((one) => pool(textIn(one, "name") ?? "system", one)),
  );
  const others = ofType(declared, `${CLUSTERS}/agentPools`).map(({ name, inputs }) =>
    pool(name, inputs),
  );
  return [...system, ...others];
}

function pool(name: string, body: unknown): Pool {
  const maxCount = numberIn(body, "maxCount") ?? numberIn(body, "count") ?? 0;
  return {
    name,
    vmSize: textIn(body, "vmSize") ?? "",
    zones: textsIn(body, "availabilityZones"),
    maxCount,
    surge: surgeOf(maxCount),
  };
}
