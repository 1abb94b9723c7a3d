import type { NameScope } from "./names";
import type { CommonConfig } from "./types";

/** The part of a stack's configuration that does not depend on its target. */
export function commonConfig({
  subscription: { id, name },
  resourceGroup,
  location,
  generation,
  tags,
  logRetentionDays,
  protect,
}: Omit<CommonConfig, "subscription"> & {
  readonly subscription: { readonly id: string; readonly name?: string | undefined };
}): CommonConfig {
  return {
    // Azure compares ids without regard to case.
    subscription: { id: id.toLowerCase(), ...(name === undefined ? {} : { name }) },
    resourceGroup,
    location,
    generation,
    tags,
    logRetentionDays,
    protect,
  };
}

/** What makes a stack's names its own. */
export function nameScope(
  settings: {
    readonly workload: string;
    readonly subscription: { readonly id: string };
    readonly resourceGroup: { readonly name: string };
    readonly generation: number;
  },
  stack: string,
): NameScope {
  return {
    workload: settings.workload,
    subscriptionId: settings.subscription.id,
    resourceGroup: settings.resourceGroup.name,
    stack,
    generation: settings.generation,
  };
}
