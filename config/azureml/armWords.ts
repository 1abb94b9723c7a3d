import type { DataCollector, EndpointAuthMode, EndpointIdentity } from "../types";

/** Words of the YAML, each with ARM's word for the same: read by the loader, and backwards by what writes YAML. */

export const AUTH_MODES = {
  key: "Key",
  aml_token: "AMLToken",
  aad_token: "AADToken",
} as const satisfies Readonly<Record<string, EndpointAuthMode>>;

export const ACCESS = { enabled: "Enabled", disabled: "Disabled" } as const;

export const IDENTITY_TYPES = {
  system_assigned: "SystemAssigned",
  user_assigned: "UserAssigned",
} as const satisfies Readonly<Record<string, EndpointIdentity["type"]>>;

export const ROLLING_RATES = {
  year: "Year",
  month: "Month",
  day: "Day",
  hour: "Hour",
  minute: "Minute",
} as const satisfies Readonly<Record<string, DataCollector["rollingRate"]>>;

/** The YAML's word for one of ARM's. */
export function yamlWord(words: Readonly<Record<string, string>>, ofArm: string): string {
  const found = Object.entries(words).find(([, one]) => one === ofArm);
  if (found === undefined) throw new Error(`${ofArm} has no word in the YAML`);
  return found[0];
}
