/**
 * What to tell the user about a deployment that does not start or does not answer: first the line of the scoring code
 * and what it raised, then what that means, what to do, and where the log is.
 */
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";

import { MOST_BYTES, readUserFile } from "../../input/userFile";
import type { DeploymentSpec } from "./spec";
import { exceptionBelowServer, lastException, scriptError, type ScriptError } from "./traceback";

export interface Failure {
  readonly spec: Pick<
    DeploymentSpec,
    "name" | "codeDirectory" | "scoringScript" | "modelDirectory" | "mlflowModel"
  >;
  /** What the server printed. */
  readonly output: string;
  readonly logPath: string;
}

/** How messages name a deployment's conda file; callers that know the path replace this with it. */
export function condaFileOf(deployment: string): string {
  return `conda file of ${deployment}`;
}

/** How messages name a key of a deployment's YAML; callers that know the path put it in the parentheses. */
function yamlKey(deployment: string, key: string): string {
  return `${key} (YAML of ${deployment})`;
}

/** @param why how its server ended, such as `exited with status 3` */
export function startFailureText(failure: Failure, why: string): string {
  const { spec, output, logPath } = failure;
  const raised = scriptError(output, spec.codeDirectory);
  const cause =
    mlflowText(failure) ??
    (raised === undefined ? startCause(failure, why) : raisedText(spec, raised));
  return [
    cause,
    ...hints(spec, raised),
    `  The deployment ${spec.name} did not start: its server ${why}.`,
    `  Log: ${logPath}`,
  ].join("\n");
}

/** How a deployment failed to answer; `scriptStatus` is one that the script chose itself, such as 400. */
export type AnswerFailure = "times out" | "fails" | { readonly scriptStatus: number };

/** @param what what became of the request, such as `the deployment blue answered it with HTTP 424` */
export function answerFailureText(failure: Failure, what: string, how: AnswerFailure): string {
  const { spec, output, logPath } = failure;
  // Nothing was raised otherwise, and a traceback is that of another request.
  const raised = how === "fails" ? scriptError(output, spec.codeDirectory) : undefined;
  const cause =
    (how === "times out" ? undefined : mlflowText(failure)) ??
    (raised === undefined
      ? `${functionPlace(spec, "run")}: ${answerCause(spec, how)}`
      : raisedText(spec, raised));
  return [cause, ...hints(spec, raised), `  ${what}.`, `  Log: ${logPath}`].join("\n");
}

function answerCause({ name }: Failure["spec"], how: AnswerFailure): string {
  if (how === "fails") return "the scoring script did not answer";
  if (how === "times out") {
    return `run() takes longer than ${yamlKey(name, "request_settings.request_timeout_ms")}`;
  }
  return `run() answers with HTTP ${how.scriptStatus}`;
}

/** Of an MLflow model that has no scoring script, the user knows the model and not the script that serves it. */
function mlflowText({ spec, output }: Failure): string | undefined {
  if (spec.mlflowModel === undefined) return undefined;
  const exception = exceptionBelowServer(output);
  if (exception === undefined) return undefined;
  const shown = exception.replaceAll(spec.modelDirectory ?? "", "$AZUREML_MODEL_DIR");
  return `${yamlKey(spec.name, "model")}: the MLflow model ${spec.mlflowModel} raised ${shown}`;
}

/** Where no line of the scoring code is in a traceback. */
function startCause({ spec, output }: Failure, why: string): string {
  const begun = output.lastIndexOf("Invoking user's init function");
  const isInInit = begun >= 0 && !output.includes("init has completed", begun);
  if (why.startsWith("was not ready")) {
    const what = isInInit
      ? `${functionPlace(spec, "init")}: init() has not returned`
      : `${script(spec)}:1: the server is still loading the script`;
    return `${what}; ${yamlKey(spec.name, "readiness_probe")} sets how long that may take`;
  }
  if (isInInit) return `${functionPlace(spec, "init")}: init() ended the server`;
  const exception = lastException(output);
  const said = exception?.replace(/^azureml_inference_server_http\.[\w.]+: /, "");
  return `${script(spec)}:1: ${said ?? "the scoring script ended the server while it was loaded"}`;
}

function raisedText(spec: Failure["spec"], raised: ScriptError): string {
  const where = raised.inFunction === undefined ? "" : ` (in ${raised.inFunction})`;
  // The private copy of the model has a path that nobody has seen.
  const exception =
    spec.modelDirectory === undefined
      ? raised.exception
      : raised.exception.replaceAll(spec.modelDirectory, "$AZUREML_MODEL_DIR");
  return `${raised.file}:${raised.line}: ${exception}${where}`;
}

function hints(spec: Failure["spec"], raised: ScriptError | undefined): string[] {
  const missing = /^ModuleNotFoundError: No module named '([^']+)'/.exec(raised?.exception ?? "");
  if (missing !== null) {
    return [
      `  Add the package that has ${missing[1] ?? ""} under pip in ${condaFileOf(spec.name)}.`,
    ];
  }
  const { modelDirectory } = spec;
  if (modelDirectory === undefined) return [];
  if (!/^(?:FileNotFound|IsADirectory|NotADirectory)Error\b/.test(raised?.exception ?? "")) {
    return [];
  }
  if (raised?.exception.includes(modelDirectory) !== true) return [];
  const files = readdirSync(modelDirectory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(modelDirectory, join(entry.parentPath, entry.name)))
    .sort();
  const more = files.length > LISTED ? `, … (${files.length} files)` : "";
  return [`  AZUREML_MODEL_DIR has: ${files.slice(0, LISTED).join(", ")}${more}`];
}

/** Files that are listed. */
const LISTED = 4;

function script({ codeDirectory, scoringScript }: Failure["spec"]): string {
  return join(codeDirectory, scoringScript);
}

/** The line of the function's definition, or the script alone where it has none. */
function functionPlace(spec: Failure["spec"], name: "init" | "run"): string {
  const path = script(spec);
  const lines = readUserFile(path, MOST_BYTES.text).toString().split("\n");
  const index = lines.findIndex((line) => new RegExp(`^(?:async )?def ${name}\\b`).test(line));
  return index === -1 ? path : `${path}:${index + 1}`;
}
