import type { RolloutPlan } from "../config/rollout";
import { UserError } from "../errors";
import type { LiveSplit } from "../traffic/liveEndpoint";
import type { Split } from "../traffic/split";
import type { ScoringClient } from "./scoringClient";
import type { Clock } from "./clock";
import type { QueryLanguage } from "../config/ownMetrics";
import type { QuerySource } from "./querySources";
import type { Meter } from "./meter";
import type { RolloutRecord } from "./record";
import type { RolloutEndpoint } from "./rolloutEndpoint";

/** Everything that a command works with; nothing here knows whether the endpoint is Azure's, this machine's or a cluster's. */
export interface Context {
  readonly endpoint: RolloutEndpoint;
  readonly meter: Meter;
  readonly scoringClient: ScoringClient;
  /** What answers queries of own metrics, by language. @default nothing */
  readonly queries?: Partial<Readonly<Record<QueryLanguage, QuerySource>>>;
  readonly clock: Clock;
  readonly record: RolloutRecord;
  /** What the YAML says. */
  readonly declared: DeclaredEndpoint;
  /**
   * Makes a split what is declared, in the user's files.
   * @returns what was changed, a line each
   * @throws UserError when it cannot be declared
   */
  readonly declare: (split: Split) => Promise<string[]>;
  /**
   * Image of the canary that the user's files name now, as `name@sha256:…`; undefined when they name none any more. Missing where
   * a release has no image of its own.
   * @throws UserError when they cannot be read
   */
  readonly declaredImage?: () => Promise<string | undefined>;
  /**
   * Whether the canary can take the percents of the steps to come, the next one first; says what later ones would need.
   * Missing where that is not known.
   * @throws UserError when the next step cannot be taken
   */
  readonly checkCapacity?: (percents: readonly number[]) => Promise<void>;
  /** Deployments whose number of instances belongs to Azure Monitor. @default none */
  readonly scaled?: readonly string[];
  /** Missing where the stack's settings have none. */
  readonly plan?: RolloutPlan;
  readonly reporter: Reporter;
  /** Command that brings up every deployment of the YAML. */
  readonly bringUpCommand: string;
  /** Milliseconds between two checks of a step. */
  readonly pollMs: number;
}

/** What is declared of an endpoint, as far as a rollout needs it. */
export interface DeclaredEndpoint extends Split {
  /** File that has the split. */
  readonly file: string;
  readonly deployments: readonly {
    readonly name: string;
    readonly instanceCount: number;
    readonly file: string;
  }[];
}

/** The endpoint that a command is about. */
export interface RolloutTarget {
  /** Which endpoint it is, for people. */
  readonly title: string;
  /** Held while something is changed. */
  readonly lockFile: string;
  readonly context: Context;
}

/** Where a command says what it does. */
export interface Reporter {
  say(line: string): void;
  warn(line: string): void;
  /** What changes all the time; on a terminal it overwrites itself. */
  progress(line: string): void;
}

/** @throws UserError when there is no endpoint */
export async function liveOf({ endpoint }: Context): Promise<LiveSplit> {
  const live = await endpoint.read();
  if (live === undefined) throw new UserError(`the endpoint ${endpoint.name} does not exist`);
  return live;
}

/** The time for a line of the record. */
export function timeOf({ clock }: Context): string {
  return new Date(clock.now()).toISOString();
}
