/**
 * Sends a request to every deployment by its name before it gets requests of callers: a `run()` that raises is found
 * now and not by them.
 */
import { randomBytes } from "node:crypto";

import { UserError } from "../../errors";
import type { AccessLog } from "./accessLog";
import type { Deployment, OutputWatch } from "./deployment";
import { answerFailureText, type AnswerFailure } from "./failureText";
import { DEPLOYMENT_HEADER, MODEL_STATUS_HEADER } from "./headers";
import { createMetrics } from "./metrics";
import { createRouter } from "./router";
import type { EndpointSpec, TrialRequest } from "./spec";
import type { OnEvent } from "./status";
import { scriptError } from "./traceback";

interface Answer {
  readonly status: number;
  /** What the deployment's server answered, where the endpoint's status differs. */
  readonly modelStatus?: number;
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
      const message = `answers ${named(trial)} with HTTP ${answer.modelStatus ?? answer.status}`;
      onEvent({ deployment: name, phase: "tried", message });
      continue;
    }
    const what = `The deployment ${name} answered ${named(trial)} with HTTP ${answer.status}`;
    const text = answerFailureText(
      { spec: deployment.spec, output: output.text, logPath: output.logPath },
      what + (trial.file === undefined ? `; ${ADVICE}` : ""),
      failureOf(answer),
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
function isAnswer({ status, modelStatus = 0 }: Answer, { file }: TrialRequest): boolean {
  const isRefusal = modelStatus >= 400 && modelStatus < 500;
  return status === 200 || status === 429 || (file === undefined && isRefusal);
}

function failureOf({ status, modelStatus = 500 }: Answer): AnswerFailure {
  if (status === TIMED_OUT) return "times out";
  return modelStatus < 500 ? { scriptStatus: modelStatus } : "fails";
}

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
    callers: [],
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
        const mayHaveRaised = !isAnswer(answer, trial) && failureOf(answer) === "fails";
        const output = await outputOf(deployment, watch, mayHaveRaised);
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
  await response.body?.cancel();
  const modelStatus = response.headers.get(MODEL_STATUS_HEADER);
  return {
    status: response.status,
    ...(modelStatus === null ? {} : { modelStatus: Number(modelStatus) }),
  };
}

/** Milliseconds; a traceback comes a little after the answer, or not at all. */
const TRACEBACK_MS = 2_000;

/** What the instance that was asked has printed, with its traceback where one is expected. */
async function outputOf({ spec }: Deployment, watch: OutputWatch, expectsTraceback: boolean) {
  const limit = AbortSignal.timeout(TRACEBACK_MS);
  for (let mayCome = expectsTraceback; mayCome;) {
    const raised = watch.printed().find(({ text }) => scriptError(text, spec.codeDirectory));
    if (raised !== undefined) return raised;
    mayCome = await watch.more(limit).then(
      () => true,
      () => false,
    );
  }
  const [first] = watch.printed();
  return first ?? { text: "", logPath: watch.firstLogPath };
}
