import type { Problem } from "../errors";
import type { Report } from "./azureml/issues";
import type { SandboxSettings } from "./settings";
import type { OnlineEndpointDefinition } from "./types";
import { yamlLines } from "./yamlLines";

const KEY = "auth_mode";
const WORDS = { Key: "key", AMLToken: "aml_token" } as const;

/**
 * `mlscore:callers` holds only where callers have an identity: a key and a token of Azure ML are good for everybody who has them
 * (Azure ML, "Authentication and authorization for online endpoints", data plane operations).
 *
 * @param isLocalRun whether the YAML may be somebody else's, such as a sample, which is not wrong for that
 */
export function callerProblems(
  { callers }: SandboxSettings,
  { authMode, file }: OnlineEndpointDefinition,
  isLocalRun: boolean,
): Problem[] {
  if (callers.length === 0 || authMode === "AADToken") return [];
  const message =
    `is ${WORDS[authMode]}, which Azure checks without looking at roles; ` +
    "set it to aad_token, or remove mlscore:callers from the settings";
  const line = yamlLines(file).lineOf([KEY]);
  return [{ file, line, key: KEY, message, severity: isLocalRun ? "warning" : "error" }];
}

/** A role that nobody gets is a mistake. */
export function checkCallerRole({ callers, callerRole }: SandboxSettings, report: Report): void {
  if (callerRole === undefined || callers.length > 0) return;
  report.error(["callerRole"], "is of no use without callers, who get the role");
}
