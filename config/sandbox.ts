import { commonConfig, nameScope } from "./common";
import { sandboxNames } from "./names";
import { rolloutPlan } from "./rollout";
import type { SandboxSettings } from "./settings";
import type { OnlineEndpointDefinition, SandboxConfig } from "./types";

/** Completes the settings of a sandbox with its endpoint and its names. */
export function sandboxConfig(
  settings: SandboxSettings,
  endpoint: OnlineEndpointDefinition,
  stack: string,
): SandboxConfig {
  return {
    target: "sandbox",
    ...commonConfig(settings),
    names: sandboxNames(nameScope(settings, stack)),
    network: {
      isolationMode: settings.isolationMode,
      outboundRules: settings.outboundRules,
    },
    deployers: settings.deployers,
    endpoint,
    ...(settings.rollout === undefined
      ? {}
      : { rollout: rolloutPlan(settings.rollout, endpoint.file) }),
  };
}
