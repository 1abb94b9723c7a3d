import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Command, type Option } from "commander";
import type { Answer } from "../../answers/answerDifferences";
import { parity as paritySchema } from "../../config/rolloutSettings";
import { UserError } from "../../errors";
import { readStackSettings, stackFile } from "../../graph/settings";
import { print, printError } from "../../output";
import { perSecondUpTo } from "../argumentTypes";
import { DEPLOYMENT_HEADER, REPLAYED_HEADER } from "../endpoint/headers";
import type { SupervisorClient } from "../endpoint";
import { credentialOf, fetchOrExplain, type EndpointClient } from "../endpointClient";
import { readCaptured, type Captured } from "./capturedFile";
import { replay, type ReplayResult } from "./replay";

interface ReplayCommandOptions {
  readonly stack: string;
  readonly against: string;
  readonly compareWith?: string;
  readonly rps: number;
}

/** Requests under way at once. */
const IN_FLIGHT = 8;

/** `replay`: the answers of a deployment to captured requests, compared as `mlscore:rollout.parity` says. */
export function replayCommand(
  stackOption: () => Option,
  running: (stack: string) => Promise<SupervisorClient>,
): Command {
  return new Command("replay")
    .description("send captured requests to a deployment again, and compare the answers")
    .addOption(stackOption())
    .argument("<file>", "file that `capture` has written")
    .requiredOption("--against <name>", "deployment that gets the requests")
    .option(
      "--compare-with <name>",
      "deployment whose answers count as right, instead of the captured ones",
    )
    .option("--rps <number>", "requests a second at most, 1000 at most", perSecondUpTo(1000), 10)
    .action(async (file: string, { stack, ...options }: ReplayCommandOptions) => {
      const requests = readCaptured(file);
      const { maxDifferentPercent, ...rules } = parityOf(stack);
      const endpoint = await running(stack);
      await assertRunning(endpoint, options);
      const result = await replay(
        requests,
        { ...options, perSecond: options.rps, rules, inFlight: IN_FLIGHT },
        await askerOf(endpoint),
        { now: () => performance.now(), sleep },
        (answered) => {
          printError(`${answered} of ${requests.length} answered`);
        },
      );
      print(replayText(result, options));
      const percent = (100 * result.different) / result.sent;
      if (percent <= maxDifferentPercent) return;
      print(
        `That is more than maxDifferentPercent ${maxDifferentPercent} of mlscore:rollout.parity.`,
      );
      process.exitCode = 1;
    });
}

/** As for rollouts; without settings everything must be the same. @throws UserError when they are not valid */
function parityOf(stack: string) {
  const text = readStackSettings(stack)["mlscore:rollout"];
  const { parity = {} } = (text === undefined ? {} : JSON.parse(text)) as { parity?: unknown };
  const result = paritySchema.safeParse(parity);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new UserError(
    `${stackFile(stack)}: mlscore:rollout.parity.${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`,
  );
}

async function assertRunning(
  endpoint: EndpointClient,
  { against, compareWith }: Omit<ReplayCommandOptions, "stack">,
): Promise<void> {
  const names = (await endpoint.status()).deployments.map(({ name }) => name);
  const missing = [against, compareWith].find((one) => one !== undefined && !names.includes(one));
  if (missing === undefined) return;
  throw new UserError(
    `There is no deployment "${missing}" on this machine; there are: ${names.join(", ")}. Those without traffic are started by: npm run local -- up --all`,
  );
}

async function askerOf(endpoint: EndpointClient) {
  const { scoringUri } = await endpoint.status();
  const credential = await credentialOf(endpoint);
  return async (deployment: string, { body, headers }: Captured): Promise<Answer> => {
    const response = await fetchOrExplain(scoringUri, {
      method: "POST",
      body,
      headers: {
        ...headers,
        authorization: `Bearer ${credential}`,
        [DEPLOYMENT_HEADER]: deployment,
        [REPLAYED_HEADER]: "true",
      },
    });
    return { status: response.status, body: await response.text() };
  };
}

/** Fields that are named. */
const SHOWN = 20;

export function replayText(
  { sent, same, different, uncompared, fields, examples }: ReplayResult,
  { against, compareWith }: Pick<ReplayCommandOptions, "against" | "compareWith">,
): string {
  const right =
    compareWith === undefined ? "the captured answers" : `the answers of ${compareWith}`;
  const more = fields.length - SHOWN;
  return [
    `${sent} requests sent to ${against}, compared with ${right}:`,
    `  same: ${same}, different: ${different}, not compared: ${uncompared}`,
    ...(fields.length === 0 ? [] : ["Differing fields, by requests:"]),
    ...fields.slice(0, SHOWN).map(([field, count]) => `  ${count}  ${field}`),
    ...(more > 0 ? [`  … and ${more} more`] : []),
    ...(examples.length === 0 ? [] : ["For example:"]),
    ...examples.map((example) => `  ${example}`),
  ].join("\n");
}
