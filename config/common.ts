import type { NameScope } from "./names";
import type { Notify } from "./notify";
import type { CommonConfig } from "./types";

interface SubscriptionSettings {
  readonly "azure-native:subscriptionId": string;
}

/** The part of a stack's configuration that does not depend on its target. */
export function commonConfig({
  "azure-native:subscriptionId": id,
  subscriptionName: name,
  resourceGroup,
  location,
  generation,
  tags,
  logRetentionDays,
  budget,
  protect,
  readers,
  notify,
  objectives,
  dashboards,
}: Omit<CommonConfig, "subscription" | "notify"> &
  SubscriptionSettings & {
    readonly subscriptionName?: string | undefined;
    readonly notify?: Notify | undefined;
  }): CommonConfig {
  return {
    // Azure compares ids without regard to case.
    subscription: { id: id.toLowerCase(), ...(name === undefined ? {} : { name }) },
    resourceGroup,
    location,
    generation,
    tags,
    logRetentionDays,
    ...(budget === undefined ? {} : { budget }),
    protect,
    readers,
    ...(notify === undefined ? {} : { notify }),
    objectives,
    dashboards,
  };
}

/** What makes a stack's names its own. */
export function nameScope(
  settings: SubscriptionSettings & {
    readonly workload: string;
    readonly resourceGroup: { readonly name: string };
    readonly generation: number;
  },
  stack: string,
): NameScope {
  return {
    workload: settings.workload,
    subscriptionId: settings["azure-native:subscriptionId"],
    resourceGroup: settings.resourceGroup.name,
    stack,
    generation: settings.generation,
  };
}
