import { basename } from "node:path";
import { answerDifferences, parsedJson, type AnswerDifference } from "../answers/answerDifferences";
import { UserError } from "../errors";
import type { Parity } from "../config/rollout";
import { requestFiles } from "../config/rolloutSettings";
import { NoAnswer, type ScoringAnswer, type ScoringClient } from "./scoringClient";
import { readRequest, shortened } from "./smoke";
import { shortNumber } from "./format";

/** What came of asking old and new deployment the same. */
export interface Comparison {
  readonly requests: number;
  readonly different: number;
  /** The first differences, with values: for the screen, not for a record that is kept. */
  readonly shown: readonly string[];
  /** Where they are, without values. */
  readonly paths: readonly string[];
  /** Why the canary is refused; missing when it is accepted. */
  readonly problem?: string;
}

/** Differences that are named. */
const SHOWN = 5;

/**
 * Sends each recorded request to both deployments by header and compares the answers.
 * @throws UserError when there are no requests, or the old deployment does not answer one of them
 */
export async function compareAnswers(
  scoringClient: ScoringClient,
  old: string,
  canary: string,
  parity: Parity,
): Promise<Comparison> {
  const files = requestFiles(parity.requests);
  if (files.length === 0) {
    throw new UserError(
      `there is no recorded request to compare by: ${parity.requests} has no .json files. ` +
        "Put some there, name another folder as mlscore:rollout.parity.requests, or take `parity` out",
    );
  }
  const found: { readonly file: string; readonly difference: AnswerDifference }[] = [];
  let different = 0;
  for (const file of files) {
    const all = await differencesOf(scoringClient, old, canary, file, parity);
    if (all.length > 0) different += 1;
    found.push(...all.map((difference) => ({ file: basename(file), difference })));
  }
  const first = found.slice(0, SHOWN);
  const percent = (100 * different) / files.length;
  const result = {
    requests: files.length,
    different,
    shown: first.map(({ file, difference: { path, what } }) => `${file} ${path}: ${what}`),
    paths: first.map(({ file, difference }) => `${file} ${difference.path}`),
  };
  if (percent <= parity.maxDifferentPercent) return result;
  const problem = `${canary} answers ${different} of ${files.length} recorded requests (${shortNumber(percent)} %) differently from ${old}, more than maxDifferentPercent ${parity.maxDifferentPercent}`;
  return { ...result, problem };
}

async function differencesOf(
  scoringClient: ScoringClient,
  old: string,
  canary: string,
  file: string,
  parity: Parity,
): Promise<AnswerDifference[]> {
  const request = readRequest(file);
  const before = await answerOf(scoringClient, old, request);
  if (before.status !== 200 || parsedJson(before.body) === undefined) {
    throw new UserError(
      `${basename(file)} cannot be compared: ${old} answers it with ${before.status}: ${shortened(before.body)}. ` +
        "A recorded request is one that the old deployment answers",
    );
  }
  const after = await answerOf(scoringClient, canary, request);
  return [...(answerDifferences(before, after, parity) ?? [])];
}

async function answerOf(
  scoringClient: ScoringClient,
  deployment: string,
  request: string,
): Promise<ScoringAnswer> {
  try {
    return await scoringClient.ask(deployment, request);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    throw new UserError(`${deployment} did not answer a recorded request: ${error.message}`);
  }
}
