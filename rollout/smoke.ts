import { parsedJson } from "../answers/answerDifferences";
import { UserError } from "../errors";
import { MOST_BYTES, readUserFile, UnreadableFile } from "../input/userFile";
import { NoAnswer, type ScoringAnswer, type ScoringClient } from "./scoringClient";
import type { Clock } from "./clock";

/** Tries at the scoring URI before it counts as not answering, and milliseconds between them. */
const TRIES = 3;
const BETWEEN_MS = 2_000;

/** @throws UserError when there is no such file */
export function readRequest(file: string): string {
  try {
    return readUserFile(file, MOST_BYTES.request).toString();
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    throw new UserError(
      `there is no request to try the canary with: ${error.message}. ` +
        "Put sample-request.json beside the endpoint's YAML, or name a file as mlscore:rollout.smoke",
    );
  }
}

/**
 * Asks the canary by the header `azureml-model-deployment`, whatever its share of the requests.
 * @returns why it is not fit to get requests; undefined when it answers 200 with JSON
 */
export async function smokeProblem(
  scoringClient: ScoringClient,
  clock: Clock,
  canary: string,
  request: string,
): Promise<string | undefined> {
  let answer: ScoringAnswer;
  try {
    answer = await askUntilAnswered(scoringClient, clock, canary, request);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return `${canary} did not answer the smoke test: ${error.message}`;
  }
  if (answer.status !== 200) {
    return `${canary} answered the smoke test with ${answer.status}: ${shortened(answer.body)}`;
  }
  return parsedJson(answer.body) === undefined
    ? `${canary} answered the smoke test with something that is not JSON: ${shortened(answer.body)}`
    : undefined;
}

async function askUntilAnswered(
  scoringClient: ScoringClient,
  clock: Clock,
  deployment: string,
  request: string,
): Promise<ScoringAnswer> {
  for (let left = TRIES - 1; ; left -= 1) {
    try {
      return await scoringClient.ask(deployment, request);
    } catch (error) {
      if (!(error instanceof NoAnswer) || left === 0) throw error;
    }
    await clock.sleep(BETWEEN_MS);
  }
}

/** Characters of an answer that are shown. */
const SHOWN = 200;

export function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > SHOWN ? `${line.slice(0, SHOWN)} …` : line;
}
