import type { Report } from "./azureml/issues";
import type { SandboxSettings } from "./settings";

/**
 * `mlscore:workspace` against the other settings: an existing workspace lies in a group that exists before the stack,
 * and the stack writes no outbound rule into its managed network.
 */
export function checkExistingWorkspace(settings: SandboxSettings, report: Report): void {
  const { workspace, resourceGroup, outboundRules, network } = settings;
  if (workspace === undefined) return;
  if (workspace.resourceGroup === undefined && resourceGroup?.create !== false) {
    report.error(
      ["workspace"],
      "needs resourceGroup: the workspace exists already, and this stack creates its own resource group",
    );
  } else if (
    resourceGroup?.create === true &&
    workspace.resourceGroup?.toLowerCase() === resourceGroup.name.toLowerCase()
  ) {
    report.error(
      ["workspace", "resourceGroup"],
      "is {value}, which this stack creates (resourceGroup.create); set that to false, the group of an existing workspace exists",
    );
  }
  if (network.privateEndpoints !== undefined || network.imageBuildVmSize !== undefined) {
    report.error(
      ["network"],
      `places private endpoints or an image build, but the workspace ${workspace.name} is not the stack's own: its network belongs to its ` +
        "owner; keep level alone, which the workspace must then have",
    );
  }
  if (Object.keys(outboundRules).length > 0) {
    report.error(
      ["outboundRules"],
      `cannot be set: the workspace ${workspace.name} is not the stack's own, and its managed network belongs to its owner; ` +
        "ask the owner to add the rules there",
    );
  }
}
