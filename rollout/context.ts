import type { OnlineEndpointDefinition } from "../config/types";
import type { RolloutPlan } from "../config/rollout";
import { UserError } from "../errors";
import type { Arm } from "../traffic/arm";
import { readEndpoint, type EndpointPlace, type LiveEndpoint } from "../traffic/liveEndpoint";
import type { WriteOptions } from "../traffic/retryWhileBusy";
import type { ScoringClient } from "./scoringClient";
import type { Clock } from "./clock";
import type { QueryLanguage } from "../config/ownMetrics";
import type { QuerySource } from "./querySources";
import type { Meter } from "./meter";
import type { RolloutRecord } from "./record";

/** Everything that a command works with; nothing here knows whether the endpoint is Azure's or this machine's. */
export interface Context {
  readonly arm: Arm;
  readonly place: EndpointPlace;
  readonly meter: Meter;
  readonly scoringClient: ScoringClient;
  /** What answers queries of own metrics, by language. @default nothing */
  readonly queries?: Partial<Readonly<Record<QueryLanguage, QuerySource>>>;
  readonly clock: Clock;
  readonly record: RolloutRecord;
  /** What the YAML says. */
  readonly declared: OnlineEndpointDefinition;
  /** Deployments whose number of instances belongs to Azure Monitor. @default none */
  readonly scaled?: readonly string[];
  /** Missing where the stack's settings have none. */
  readonly plan?: RolloutPlan;
  readonly reporter: Reporter;
  /** Command that brings up every deployment of the YAML. */
  readonly bringUpCommand: string;
  /** Milliseconds between two checks of a step. */
  readonly pollMs: number;
  readonly writeOptions?: WriteOptions;
}

/** Where a command says what it does. */
export interface Reporter {
  say(line: string): void;
  warn(line: string): void;
  /** What changes all the time; on a terminal it overwrites itself. */
  progress(line: string): void;
}

/** @throws UserError when there is no endpoint */
export async function liveOf({ arm, place }: Context): Promise<LiveEndpoint> {
  const live = await readEndpoint(arm, place);
  if (live === undefined) throw new UserError(`the endpoint ${place.endpointName} does not exist`);
  return live;
}

/** The time for a line of the record. */
export function timeOf({ clock }: Context): string {
  return new Date(clock.now()).toISOString();
}
