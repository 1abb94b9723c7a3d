import { NOT_STARTED, type LiveSplit } from "../traffic/liveEndpoint";
import type { DeclaredEndpoint } from "./context";
import { sameSplit, type Split } from "../traffic/split";

/** What is live and what the YAML declares, where they differ. */
export interface Drift {
  readonly split?: { readonly live: Split; readonly declared: Split };
  readonly instanceCounts: readonly {
    readonly deployment: string;
    readonly live: number;
    readonly declared: number;
  }[];
  /** Deployments that are there and in no YAML. */
  readonly undeclared: readonly string[];
  /** Deployments of the YAML that are not there. */
  readonly missing: readonly string[];
  /** Deployments of the YAML that were left out when the endpoint was started on this machine. */
  readonly notStarted: readonly string[];
}

/** @param scaled names of deployments whose number of instances belongs to Azure Monitor, so that none differs */
export function driftOf(
  live: LiveSplit,
  declared: DeclaredEndpoint,
  scaled: readonly string[] = [],
): Drift {
  const desired = declaredSplit(declared);
  const names = declared.deployments.map(({ name }) => name);
  const there = live.deployments.map(({ name }) => name);
  return {
    ...(sameSplit(live.split, desired) ? {} : { split: { live: live.split, declared: desired } }),
    instanceCounts: declared.deployments.flatMap(({ name, instanceCount }) => {
      const found = live.deployments.find((one) => one.name === name);
      const isSame = found === undefined || found.instanceCount === instanceCount;
      return isSame || scaled.includes(name)
        ? []
        : [{ deployment: name, live: found.instanceCount, declared: instanceCount }];
    }),
    undeclared: there.filter((name) => !names.includes(name)),
    missing: names.filter((name) => !there.includes(name)),
    notStarted: live.deployments
      .filter(
        ({ name, provisioningState }) => provisioningState === NOT_STARTED && names.includes(name),
      )
      .map(({ name }) => name),
  };
}

export function declaredSplit({ traffic, mirrorTraffic }: DeclaredEndpoint): Split {
  return { traffic, mirrorTraffic };
}
