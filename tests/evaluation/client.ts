import { connect } from "node:net";
import { join, sep } from "node:path";
import { ConfigError, UserError, type Problem } from "../../errors";
import type { Evaluation } from "../../graph/program";
import type { StackSettings } from "../../graph/settings";
import type { EmulatorRun } from "../../emulator/onEmulator";
import type { StoredResource } from "../../graph/graph";
import { evaluateInThisProcess } from "./inThisProcess";
import {
  decode,
  encode,
  SERVICE_VARIABLE,
  type EvaluationAnswer,
  type EvaluationRequest,
} from "./wire";

const PROJECT = join(__dirname, "..", "..");

export interface EvaluationOptions {
  readonly prior?: readonly StoredResource[];
  readonly otherStacks?: EvaluationRequest["otherStacks"];
  /** Not an answer that another suite got, for a test about the time of the evaluation. */
  readonly fresh?: boolean;
}

/** The stack as `up` makes it on the emulator. @throws UserError or ConfigError as the program does */
export function evaluatedUp(
  stack: string,
  settings: StackSettings,
  { prior = [], otherStacks = {}, fresh = false }: EvaluationOptions = {},
): Promise<EmulatorRun> {
  const request = { kind: "up", stack, settings, prior, otherStacks } as const;
  return evaluated(request, fresh) as Promise<EmulatorRun>;
}

/** The stack as a first `pulumi preview` sees it. */
export function evaluatedPreview(stack: string, settings: StackSettings): Promise<Evaluation> {
  const request = { kind: "preview", stack, settings, prior: [], otherStacks: {} } as const;
  return evaluated(request, false) as Promise<Evaluation>;
}

/** By the run's service (service.ts) where there is one, and in this process where a suite is run by itself. */
async function evaluated(request: EvaluationRequest, fresh: boolean): Promise<unknown> {
  const socketPath = process.env[SERVICE_VARIABLE];
  if (socketPath === undefined) return evaluateInThisProcess(request);
  const cached = !fresh && readsOnlyTheProject(request.settings);
  const text = await ask(socketPath, JSON.stringify({ cached, request: encode(request) }));
  const answer = decode(text) as EvaluationAnswer;
  for (const warning of answer.warnings) console.warn(warning);
  if ("evaluation" in answer) return answer.evaluation;
  const { name, message, problems } = answer.error;
  if (name === "ConfigError") throw new ConfigError(problems as Problem[]);
  if (name === "UserError") throw new UserError(message);
  throw new Error(message);
}

/** Files elsewhere are a test's own, which it may change between two evaluations. */
function readsOnlyTheProject(settings: StackSettings): boolean {
  const folder = settings["mlscore:endpointDirectory"];
  if (folder === undefined || !folder.startsWith(sep)) return true;
  return folder.startsWith(PROJECT + sep);
}

function ask(socketPath: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(socketPath, () => socket.write(`${line}\n`));
    socket.setEncoding("utf8").on("data", (chunk) => (answer += String(chunk)));
    socket.on("error", reject);
    socket.on("end", () => {
      resolve(answer);
    });
  });
}
