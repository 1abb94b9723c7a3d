import type { Problem } from "../errors";
import { problemAt } from "./azureml/problemAt";
import type { Report } from "./azureml/issues";
import type { SandboxSettings } from "./settings";
import type { OnlineEndpointDefinition } from "./types";

/** Environment variables that the stack sets for it (components/telemetry.ts). */
const OWN_VARIABLES = ["APPLICATIONINSIGHTS_CONNECTION_STRING", "AZURE_CLIENT_ID", "TELEMETRY"];

/** `mlscore:telemetry` against the other settings: it needs a component that the stack may grant a role on. */
export function checkTelemetry(
  { telemetry, workspace, objectives }: SandboxSettings,
  report: Report,
): void {
  if (telemetry === "none" && objectives.featureAgeHours !== undefined) {
    report.error(
      ["objectives", "featureAgeHours"],
      "is {value}, but nothing tells how old the features are; set telemetry: azure_monitor, or remove it",
    );
  }
  if (telemetry === "none" || workspace === undefined) return;
  report.error(
    ["telemetry"],
    `is {value}, but the workspace ${workspace.name} is not the stack's own: its Application Insights belongs to its owner; ` +
      "remove the setting",
  );
}

/** What of an endpoint's YAML cannot be together with the setting. */
export function telemetryProblems(
  { telemetry }: SandboxSettings,
  { file, identity, deployments }: OnlineEndpointDefinition,
): Problem[] {
  if (telemetry === "none") return [];
  const ofIdentity =
    identity === undefined
      ? []
      : [
          problemAt(
            file,
            ["identity"],
            `is given, and mlscore:telemetry: ${telemetry} sends as the identity that the stack makes; remove one of them`,
          ),
        ];
  const ofVariables = deployments.flatMap((deployment) =>
    OWN_VARIABLES.filter((name) => name in deployment.environmentVariables).map((name) =>
      problemAt(
        deployment.file,
        ["environment_variables", name],
        `is set by the stack, because of mlscore:telemetry: ${telemetry}; remove one of them`,
      ),
    ),
  );
  return [...ofIdentity, ...ofVariables];
}
