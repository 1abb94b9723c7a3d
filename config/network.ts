import type { Report } from "./azureml/issues";
import { problemAt } from "./azureml/problemAt";
import type { Problem } from "../errors";
import { imageBuildProblems, publicEndpointProblems } from "./imageBuilds";
import type { IsolationMode } from "./isolationMode";
import { isolationModeOf, isPrivate } from "./networkLevel";
import type { SandboxSettings } from "./settings";
import type { OnlineDeploymentDefinition, OnlineEndpointDefinition } from "./types";

/**
 * Outbound rules against the isolation mode: without a managed network there is nothing to open, and host names and
 * service tags are only approved one by one where everything else is closed; private endpoints fit both managed modes
 * (Azure ML, workspace managed virtual network isolation).
 */
export function checkOutboundRules(settings: SandboxSettings, report: Report): void {
  const { level, isolationMode } = settings.network;
  const mode = isolationModeOf(level, isolationMode);
  for (const [name, rule] of Object.entries(settings.outboundRules)) {
    const needed =
      rule.type === "PrivateEndpoint"
        ? ["AllowInternetOutbound", "AllowOnlyApprovedOutbound"]
        : ["AllowOnlyApprovedOutbound"];
    if (needed.includes(mode)) continue;
    report.error(
      ["outboundRules", name],
      `a rule of type ${rule.type} needs network.isolationMode ${needed.join(" or ")}, not ${mode}` +
        (isPrivate(level) ? ` (level ${level} sets it)` : ""),
    );
  }
}

/**
 * The legacy isolation of single deployments against the workspace's managed network: Azure takes only one of the two
 * (Azure ML, network isolation with managed online endpoints). `enabled` is what a deployment has that says nothing
 * (Microsoft.MachineLearningServices, ManagedOnlineDeployment.egressPublicNetworkAccess), so it isolates nothing.
 */
export function egressProblems(
  isolationMode: IsolationMode,
  deployments: readonly OnlineDeploymentDefinition[],
): Problem[] {
  if (isolationMode === "Disabled") return [];
  return deployments
    .filter(({ egressPublicNetworkAccess }) => egressPublicNetworkAccess === "Disabled")
    .map(({ file }) =>
      problemAt(
        file,
        ["egress_public_network_access"],
        `cannot be disabled in a workspace with a managed network (its isolation mode is ${isolationMode}); remove it, the workspace's isolation covers the deployment`,
      ),
    );
}

/** What the endpoint's YAML asks for and the network of the settings does not have. */
export function networkProblems(
  { network, outboundRules, workspace }: SandboxSettings,
  endpoint: OnlineEndpointDefinition,
): Problem[] {
  const { level, isolationMode, imageBuildVmSize } = network;
  // What an existing workspace builds images on is read from it.
  const hasBuildCompute = imageBuildVmSize !== undefined || workspace !== undefined;
  return [
    ...egressProblems(isolationModeOf(level, isolationMode), endpoint.deployments),
    ...publicEndpointProblems(level, endpoint),
    ...imageBuildProblems(level, hasBuildCompute, outboundRules, endpoint),
  ];
}
