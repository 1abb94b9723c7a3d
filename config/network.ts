import type { Report } from "./azureml/issues";
import type { SandboxSettings } from "./settings";

/**
 * Outbound rules against the isolation mode: without a managed network there is nothing to open, and host names and
 * service tags are only approved one by one where everything else is closed; private endpoints fit both managed modes
 * (Azure ML, workspace managed virtual network isolation).
 */
export function checkOutboundRules(settings: SandboxSettings, report: Report): void {
  for (const [name, rule] of Object.entries(settings.outboundRules)) {
    const needed =
      rule.type === "PrivateEndpoint"
        ? ["AllowInternetOutbound", "AllowOnlyApprovedOutbound"]
        : ["AllowOnlyApprovedOutbound"];
    if (needed.includes(settings.isolationMode)) continue;
    report.error(
      ["outboundRules", name],
      `a rule of type ${rule.type} needs isolationMode ${needed.join(" or ")}, not ${settings.isolationMode}`,
    );
  }
}
