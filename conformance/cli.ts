import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline/promises";
import { Command } from "commander";
import { azureCredential } from "../azure/credential";
import { UserError } from "../errors";
import { runCommand, writeUserFile } from "../command";
import { armClient, type ArmClient } from "./armClient";
import { hourlyPrice, LONGEST_HOURS } from "./azure/cost";
import { interruption } from "./azure/interruption";
import { groupLocation } from "./azure/preparation";
import { remove } from "./azure/removal";
import { leftoverText, resultText } from "./azure/report";
import { runOnAzure } from "./azure/session";
import { describeDifference } from "./compare";
import { assumptionsDocument } from "./document";
import { runOnEmulator } from "./emulator";
import type { Sequence } from "./sequence";
import { sequences } from "./sequences";
import { readTranscripts, TRANSCRIPTS } from "./transcript";
import { print } from "../output";

interface Options {
  readonly azure?: true;
  readonly resourceGroup?: string;
  readonly subscription?: string;
  readonly check?: readonly string[];
  readonly out: string;
  readonly remove?: string;
  readonly document?: string;
}

/** Half a minute between two tries: ten minutes for a step, half an hour for a deletion. */
const RETRY_DELAY_MS = 30_000;
const ATTEMPTS = { step: 20, removal: 60 };

const command = new Command("npm run conformance --")
  .description(
    "Checks the assumptions of docs/azure-assumptions.md: sends requests to the emulator or to Azure, and compares the responses.",
  )
  .option(
    "--check <ids...>",
    `run only these sequences: ${sequences.map(({ id }) => id).join(", ")}`,
  )
  .option(
    "--azure",
    "check in Azure, in a workspace that is created after a confirmation and then deleted",
  )
  .option("--resource-group <name>", "with --azure: an existing resource group for the workspace")
  .option(
    "--subscription <id>",
    "with --azure: the resource group's subscription; run az login first",
  )
  .option("--out <dir>", "with --azure: folder for the transcripts", TRANSCRIPTS)
  .option("--remove <run>", "with --azure: delete what a killed run has left, and run nothing")
  .option("--document <file>", "write the list of all assumptions to a file, and run nothing")
  .action(async (options: Options) => {
    if (options.document !== undefined) {
      writeUserFile(options.document, assumptionsDocument(readTranscripts()));
      print(`→ ${options.document}`);
    } else if (options.azure === true) await onAzure(options);
    else await onEmulator(chosen(options));
  });

function chosen({ check }: Options): readonly Sequence[] {
  const known = sequences.map(({ id }) => id);
  const unknown = (check ?? []).filter((id) => !known.includes(id));
  if (unknown.length > 0) {
    throw new UserError(`there is no sequence ${unknown.join(", ")}; there is ${known.join(", ")}`);
  }
  return sequences.filter(({ id }) => check?.includes(id) ?? true);
}

/** @throws UserError when the emulator does not answer as the sequences expect */
async function onEmulator(wanted: readonly Sequence[]): Promise<void> {
  const runs = await runOnEmulator(wanted);
  const different = [...runs].flatMap(([{ id }, taken]) =>
    taken.flatMap(({ step, differences }) =>
      differences.map((one) => `${id}: ${step.name}: ${describeDifference(one)}`),
    ),
  );
  if (different.length > 0) {
    throw new UserError(`the emulator does not answer as expected:\n${different.join("\n")}`);
  }
  const steps = [...runs.values()].reduce((sum, taken) => sum + taken.length, 0);
  print(`The emulator answers all ${steps} steps of ${runs.size} sequences as expected.`);
}

async function onAzure(options: Options): Promise<void> {
  const { resourceGroup, subscription } = options;
  if (resourceGroup === undefined || subscription === undefined) {
    throw new UserError("--azure needs --subscription ID and --resource-group NAME");
  }
  const client = await signedIn(subscription);
  const run = options.remove ?? randomBytes(4).toString("hex");
  if (!/^[0-9a-f]{8}$/.test(run)) throw new UserError("a run has eight hexadecimal digits");
  const place = { subscriptionId: subscription, resourceGroup, run };
  if (options.remove !== undefined) {
    const location = await groupLocation(client, place);
    const leftovers = await remove(
      client,
      { ...place, location },
      {
        say: print,
        attempts: ATTEMPTS.removal,
        retryDelayMs: RETRY_DELAY_MS,
      },
    );
    print(leftoverText(leftovers));
    if (leftovers.length > 0) process.exitCode = 1;
    return;
  }
  const wanted = chosen(options);
  await onEmulator(wanted);
  const { signal, stop } = interruption(process, print);
  try {
    const result = await runOnAzure({
      client,
      place,
      sequences: wanted,
      out: options.out,
      day: new Date().toISOString().slice(0, 10),
      price: hourlyPrice,
      confirm: (plan, word) => confirm(plan, word, signal),
      say: print,
      signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_HOURS * 60 * 60 * 1000)]),
      attempts: ATTEMPTS,
      retryDelayMs: RETRY_DELAY_MS,
    });
    print(resultText(result, run));
    if (result.outcome !== "finished" || result.leftovers.length > 0) process.exitCode = 1;
  } finally {
    stop();
  }
}

async function signedIn(subscriptionId: string): Promise<ArmClient> {
  return armClient({
    url: "https://management.azure.com",
    subscriptionId,
    credential: await azureCredential(subscriptionId),
    pollDelayMs: 5_000,
  });
}

async function confirm(plan: string, word: string, signal: AbortSignal): Promise<boolean> {
  print(plan);
  if (!process.stdin.isTTY) {
    throw new UserError("the confirmation needs a terminal; nothing was created");
  }
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await lines.question(`Type ${word} to go on: `, { signal })).trim() === word;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    lines.close();
  }
}

void runCommand(command);
