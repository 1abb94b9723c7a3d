/**
 * Sends a request to every deployment by its name before it gets requests of callers: a `run()` that raises is found
 * now and not by them.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { UserError } from "../../errors";
import type { AccessLog } from "./accessLog";
import type { Deployment, OutputWatch } from "./deployment";
import { answerFailureText } from "./failureText";
import { DEPLOYMENT_HEADER } from "./headers";
import { createMetrics } from "./metrics";
import { createRouter } from "./router";
import type { EndpointSpec, TrialRequest } from "./spec";
import type { OnEvent } from "./status";
import { scriptError } from "./traceback";

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** What the trial request met with. */
interface Outcome {
  readonly deployment: Deployment;
  readonly answer: Answer;
  readonly output: { readonly text: string; readonly logPath: string };
}

/**
 * Reports each deployment that answers, and warns of one that does not and gets no live requests.
 *
 * @throws UserError with every deployment that gets live requests and does not answer
 */
export async function tryDeployments(
  deployments: readonly Deployment[],
  spec: EndpointSpec,
  onEvent: OnEvent,
  signal: AbortSignal,
): Promise<void> {
  const { trial } = spec;
  if (trial === undefined) return;
  const outcomes = await outcomesOf(deployments, trial, signal);
  const failures: string[] = [];
  for (const { deployment, answer, output } of outcomes) {
    const { name } = deployment;
    if (isAnswer(answer, trial)) {
      const message = `answers ${named(trial)} with HTTP ${answer.status}`;
      onEvent({ deployment: name, phase: "tried", message });
      continue;
    }
    const what = `The deployment ${name} answered ${named(trial)} with HTTP ${answer.status}`;
    const text = answerFailureText(
      { spec: deployment.spec, output: output.text, logPath: output.logPath },
      what + (trial.file === undefined ? `; ${ADVICE}` : ""),
      answer.status === TIMED_OUT,
    );
    if ((spec.traffic[name] ?? 0) > 0 && !mayBeTrialInput(deployment, output.text, trial)) {
      failures.push(text);
    } else {
      onEvent({ deployment: name, phase: "unanswered", message: text });
    }
  }
  if (failures.length > 0) throw new UserError(failures.join("\n"));
}

const TIMED_OUT = 408;
const ADVICE = "put a valid request beside the endpoint's YAML, as sample-request.json";

function named({ file }: TrialRequest): string {
  return file ?? "an empty JSON object";
}

/** A busy deployment works (429); of a request that stands in, any refusal by the script itself is an answer. */
function isAnswer({ status }: Answer, { file }: TrialRequest): boolean {
  if (status === 429) return true;
  return status < 400 || (file === undefined && status < 500 && !NOT_THE_SCRIPT.has(status));
}

/** Statuses with which the endpoint answers for a deployment (endpointResponses.ts). */
const NOT_THE_SCRIPT = new Set([TIMED_OUT, 424]);

/** Whether the script may only have met with a request that it was not made for. */
function mayBeTrialInput({ spec }: Deployment, output: string, { file }: TrialRequest): boolean {
  if (file !== undefined) return false;
  const raised = scriptError(output, spec.codeDirectory)?.exception ?? "";
  return /^(?:[\w.]*\.)?(?:Key|Index|Lookup|Type|Value|Attribute|Assertion|\w*Validation|\w*Decode)Error\b/.test(
    raised,
  );
}

/** Through a router of its own, with everything a caller's request would meet; the endpoint's is not changed yet. */
async function outcomesOf(
  deployments: readonly Deployment[],
  trial: TrialRequest,
  signal: AbortSignal,
): Promise<Outcome[]> {
  const key = randomBytes(32).toString("base64url");
  const credentials = { primaryKey: key, secondaryKey: key, tokenSecret: key };
  const router = createRouter({ credentials, accessLog: NO_LOG });
  router.setTable({
    endpoint: "trial",
    authMode: "Key",
    // Counted apart: a deployment's figures are of callers' requests, and rollouts decide by them.
    targets: new Map(
      deployments.map(({ name, target }) => [name, { ...target, metrics: createMetrics() }]),
    ),
    traffic: {},
    mirrorTraffic: {},
  });
  const port = await router.listen(0);
  try {
    return await Promise.all(
      deployments.map(async (deployment) => {
        const watch = deployment.watchOutput();
        const answer = await ask(port, key, deployment.name, trial.body, signal);
        const isFailure = !isAnswer(answer, trial);
        const output = await outputOf(deployment, watch, isFailure && answer.status !== TIMED_OUT);
        return { deployment, answer, output };
      }),
    );
  } finally {
    await router.close(0);
  }
}

const NO_LOG: AccessLog = {
  write: () => undefined,
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

async function ask(
  port: number,
  key: string,
  deployment: string,
  body: string,
  signal: AbortSignal,
): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${key}`,
    "content-type": "application/json",
    [DEPLOYMENT_HEADER]: deployment,
  };
  const uri = `http://127.0.0.1:${port}/score`;
  const response = await fetch(uri, { method: "POST", body, headers, signal });
  return { status: response.status, body: await response.text() };
}

/** Looks at what an instance prints, and milliseconds between them; a traceback comes a little after the answer. */
const LOOKS = 40;
const BETWEEN_MS = 50;

/** What the instance that was asked has printed, with its traceback where one is expected. */
async function outputOf({ spec }: Deployment, watch: OutputWatch, expectsTraceback: boolean) {
  for (let looks = 0; expectsTraceback && looks < LOOKS; looks += 1) {
    const raised = watch.printed().find(({ text }) => scriptError(text, spec.codeDirectory));
    if (raised !== undefined) return raised;
    await sleep(BETWEEN_MS);
  }
  const [first] = watch.printed();
  return first ?? { text: "", logPath: watch.firstLogPath };
}
