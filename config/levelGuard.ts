import { ConfigError, type Problem } from "../errors";
import { isPrivate, NETWORK_LEVELS, type NetworkLevel } from "./networkLevel";
import { settingProblem } from "./settingProblem";
import type { StackConfig } from "./stackConfig";

/**
 * Refuses to open a sandbox that was private. What Azure itself refuses of it is said apart from what is this project's
 * rule: Azure takes public access back at any time (endpoint-reopened), and never a looser managed network
 * (workspace-isolation-order).
 *
 * @param outputs the stack's own outputs as its last update left them; undefined where they cannot be read
 * @returns what to warn of
 * @throws ConfigError when the level is lower than the stack's
 */
export function assertNetworkLevel(
  config: StackConfig,
  outputs: Readonly<Record<string, unknown>> | undefined,
  stack: string,
): Problem[] {
  if (config.target !== "sandbox" || outputs?.["foundation"] === undefined) return [];
  const { level } = config.network;
  const before = NETWORK_LEVELS.find((one) => one === outputs["networkLevel"]) ?? "open";
  const problem = (message: string, severity: Problem["severity"]) =>
    settingProblem(stack, "network.level", message, severity);
  if (NETWORK_LEVELS.indexOf(level) < NETWORK_LEVELS.indexOf(before)) {
    throw new ConfigError([
      problem(
        `is "${level}", and this stack has "${before}": ${reason(before)}; set it back, or create a second stack`,
        "error",
      ),
    ]);
  }
  if (isPrivate(before) || !isPrivate(level) || !config.workspace.isOwn) return [];
  // Documented: managed-network-old-endpoints.
  const message =
    `is "${level}" from now on: if network.isolationMode was Disabled until now, Azure ML keeps the endpoint outside of the ` +
    "managed network, and it has to be deleted and made again (docs/network.md)";
  return [problem(message, "warning")];
}

/** Why a level is not lowered. */
function reason(before: NetworkLevel): string {
  const ours =
    "this project opens no stack that was private, because what was kept from the internet would be open to it";
  return before === "privateBothWays"
    ? `Azure never loosens a managed network that is AllowOnlyApprovedOutbound, and ${ours}`
    : `Azure would take public access back, but ${ours}`;
}
