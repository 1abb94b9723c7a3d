import type { Arm } from "../traffic/arm";
import { readEndpoint, type EndpointPlace, type LiveSplit } from "../traffic/liveEndpoint";
import type { WriteOptions } from "../traffic/retryWhileBusy";
import type { Split } from "../traffic/split";
import { writeEndpoint, writeInstanceCount } from "../traffic/writeEndpoint";

/** Divides requests between deployments, wherever it is. */
export interface RolloutEndpoint {
  readonly name: string;
  /** Undefined when there is none. */
  read(): Promise<LiveSplit | undefined>;
  /**
   * Writes split and tags together, and reads until both show.
   *
   * @param decide the change, from what is live; called again when somebody else wrote in between, and throws to refuse
   * @returns what is live afterwards
   */
  write(decide: (live: LiveSplit) => SplitChange): Promise<LiveSplit>;
  /** Missing where the number of instances is not a rollout's to set. */
  setInstances?(deployment: string, count: number): Promise<void>;
}

export interface SplitChange {
  readonly split: Split;
  /** Tags to set; undefined takes one away. */
  readonly tags: Readonly<Record<string, string | undefined>>;
}

/** A managed online endpoint, through ARM. */
export function managedEndpoint(
  arm: Arm,
  place: EndpointPlace,
  options?: WriteOptions,
): RolloutEndpoint {
  return {
    name: place.endpointName,
    read: () => readEndpoint(arm, place),
    write: (decide) => writeEndpoint(arm, place, decide, options),
    setInstances: (deployment, count) => writeInstanceCount(arm, place, deployment, count, options),
  };
}
