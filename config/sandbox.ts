import { sandboxNames } from "./names";
import type { SandboxSettings } from "./settings";
import type { OnlineEndpointDefinition, SandboxConfig } from "./types";

/** Completes the settings of a sandbox with its endpoint and its names. */
export function sandboxConfig(
  settings: SandboxSettings,
  endpoint: OnlineEndpointDefinition,
  stack: string,
): SandboxConfig {
  const { subscription } = settings;
  return {
    target: "sandbox",
    subscription: {
      id: subscription.id.toLowerCase(),
      ...(subscription.name === undefined ? {} : { name: subscription.name }),
    },
    resourceGroup: settings.resourceGroup,
    location: settings.location,
    names: sandboxNames({
      workload: settings.workload,
      subscriptionId: subscription.id,
      resourceGroup: settings.resourceGroup.name,
      stack,
    }),
    tags: settings.tags,
    network: {
      isolationMode: settings.isolationMode,
      outboundRules: settings.outboundRules,
    },
    logRetentionDays: settings.logRetentionDays,
    protect: settings.protect,
    deployers: settings.deployers,
    endpoint,
  };
}
