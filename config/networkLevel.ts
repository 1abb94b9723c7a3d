import { ISOLATION_MODES, type IsolationMode } from "./isolationMode";

/** How far a sandbox is open to the network, from open to closed. A stack can only be taken further down this list. */
export const NETWORK_LEVELS = ["open", "privateInbound", "privateBothWays"] as const;

/**
 * `open`: every service takes requests from the internet, from identities with a role; the endpoint as its YAML says.
 * `privateInbound`: no service takes a request from the internet. `privateBothWays`: deployments reach only what is approved
 * as well.
 */
export type NetworkLevel = (typeof NETWORK_LEVELS)[number];

export type PrivateLevel = Exclude<NetworkLevel, "open">;

export function isPrivate(level: NetworkLevel): level is PrivateLevel {
  return level !== "open";
}

/**
 * What a private level makes of the workspace's managed network. Deployments reach a closed registry and storage account by
 * that network's private endpoints alone (Azure ML, "Workspace managed virtual network isolation", list of required rules).
 */
const MODES: Readonly<Record<PrivateLevel, IsolationMode>> = {
  privateInbound: "AllowInternetOutbound",
  privateBothWays: "AllowOnlyApprovedOutbound",
};

/** The mode of the managed network; at the open level the one that is set. */
export function isolationModeOf(
  level: NetworkLevel,
  isolationMode: IsolationMode | undefined,
): IsolationMode {
  return isPrivate(level) ? MODES[level] : (isolationMode ?? "Disabled");
}

/**
 * What the setting `network` says, as the engine passes it on. One that is malformed counts as open: the program refuses it
 * before anything is declared.
 */
export function networkChoice(setting: string | undefined): {
  readonly level: NetworkLevel;
  readonly isolationMode: IsolationMode;
} {
  const { level, isolationMode } = parsed(setting);
  const known = NETWORK_LEVELS.find((one) => one === level) ?? "open";
  const mode = ISOLATION_MODES.find((one) => one === isolationMode);
  return { level: known, isolationMode: isolationModeOf(known, mode) };
}

function parsed(setting: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(setting ?? "{}");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
