import { isRestError } from "@azure/core-rest-pipeline";
import { UserError } from "../../errors";
import type { ArmClient } from "../armClient";
import { describeDifference } from "../compare";
import { fixture, INSTANCE_TYPE } from "../fixture";
import { masker } from "../mask";
import { runSequence, type Taken, type Target } from "../run";
import type { Sequence } from "../sequence";
import { transcriptOf, writeTranscript } from "../transcript";
import { costPlan } from "./cost";
import { groupLocation, prepare } from "./preparation";
import { remove, type Leftover } from "./removal";
import { environmentIdOf, runNames, workspaceIdOf, type RunPlace } from "./resources";

export interface SessionOptions {
  readonly client: ArmClient;
  readonly place: Omit<RunPlace, "location">;
  readonly sequences: readonly Sequence[];
  /** Folder for the transcripts. */
  readonly out: string;
  /** Day of the run, as YYYY-MM-DD. */
  readonly day: string;
  /** Price of an instance and hour in USD in a location. */
  readonly price: (location: string) => Promise<number | undefined>;
  /** Shows the plan and asks whether to go on. */
  readonly confirm: (plan: string, word: string) => Promise<boolean>;
  readonly say: (line: string) => void;
  /** Ends the run early; what was made is removed all the same. */
  readonly signal: AbortSignal;
  /** Tries of a step, and of each deletion in the end: an endpoint is not deleted while it makes a deployment. */
  readonly attempts: { readonly step: number; readonly removal: number };
  /** Between two of them, in milliseconds. */
  readonly retryDelayMs: number;
}

export interface SessionResult {
  readonly outcome: "refused" | "finished" | "interrupted" | "failed";
  /** Files of the transcripts that were written. */
  readonly transcripts: readonly string[];
  /** Steps that Azure answered differently from the emulator. */
  readonly different: readonly string[];
  /** Sequences that could not be run. */
  readonly skipped: readonly string[];
  readonly leftovers: readonly Leftover[];
  /** Why it failed, for people. */
  readonly reason?: string;
}

/**
 * Runs sequences against a workspace that is made for them. Nothing is made before the confirmation, and everything is removed
 * afterwards, whatever happens in between.
 *
 * @throws UserError when the resource group cannot be read; nothing has been made then
 */
export async function runOnAzure(options: SessionOptions): Promise<SessionResult> {
  const { client, say, signal } = options;
  const location = await groupLocation(client, options.place);
  const place: RunPlace = { ...options.place, location };
  const plan = costPlan(place, await options.price(location));
  const result = { transcripts: [], different: [], skipped: [], leftovers: [] };
  if (!(await options.confirm(plan, runNames(place.run).workspace))) {
    return { ...result, outcome: "refused" };
  }
  const progress: Progress = { transcripts: [], different: [], skipped: [] };
  let outcome: SessionResult["outcome"] = "finished";
  let reason: string | undefined;
  let leftovers: Leftover[] = [];
  try {
    await prepare(client, place, say, signal);
    await runAll(options, place, progress);
  } catch (error) {
    outcome = signal.aborted ? "interrupted" : "failed";
    if (outcome === "failed") {
      const isForeseen = error instanceof UserError || isRestError(error);
      reason = isForeseen ? error.message : `this is a bug: ${String(error)}`;
    }
  } finally {
    const { attempts, retryDelayMs } = options;
    // Without the signal: this is what has to happen after it.
    leftovers = await remove(client, place, { say, attempts: attempts.removal, retryDelayMs });
  }
  return { ...progress, outcome, leftovers, ...(reason === undefined ? {} : { reason }) };
}

interface Progress {
  readonly transcripts: string[];
  readonly different: string[];
  readonly skipped: string[];
}

async function runAll(
  options: SessionOptions,
  place: RunPlace,
  { transcripts, different, skipped }: Progress,
): Promise<void> {
  const { say, signal, sequences } = options;
  const target = targetOf(options, place);
  const masked = masker({
    ...target.values,
    subscriptionId: place.subscriptionId,
    resourceGroup: place.resourceGroup,
    ...runNames(place.run),
  });
  const take = async (sequence: Sequence): Promise<readonly Taken[]> => {
    say(`${sequence.id}: ${sequence.title}`);
    const taken = await runSequence(sequence, target, {
      signal,
      onStep: (one) => {
        say(stepLine(one));
      },
    });
    transcripts.push(
      writeTranscript(options.out, transcriptOf(sequence, taken, options.day, masked)),
    );
    const differing = taken.filter((one) => one.differences.length > 0);
    different.push(...differing.map(({ step }) => `${sequence.id}: ${step.name}`));
    return taken;
  };

  let hasFixture: boolean | undefined;
  for (const sequence of sequences) {
    if (sequence.needsFixture) {
      hasFixture ??= isUp(await take(fixture));
      if (!hasFixture) {
        skipped.push(sequence.id);
        say(`${sequence.id} is skipped: the fixture's deployments did not start`);
        continue;
      }
    }
    await take(sequence);
  }
}

/** Whether all that the fixture makes is there, in whatever way Azure said so. */
function isUp(taken: readonly Taken[]): boolean {
  return taken.every(({ answer }) => answer.status < 300 && answer.operation !== "Failed");
}

function stepLine({ step, differences }: Taken): string {
  return differences.length === 0
    ? `  as the emulator: ${step.name}`
    : `  OTHERWISE: ${step.name}: ${differences.map(describeDifference).join("; ")}`;
}

function targetOf({ client, attempts, retryDelayMs }: SessionOptions, place: RunPlace): Target {
  const { endpoint, spareEndpoint } = runNames(place.run);
  return {
    client,
    workspaceId: workspaceIdOf(place),
    values: {
      run: place.run,
      location: place.location,
      endpoint,
      spareEndpoint,
      instanceType: INSTANCE_TYPE,
      environmentId: environmentIdOf(place),
    },
    attempts: attempts.step,
    retryDelayMs,
  };
}
