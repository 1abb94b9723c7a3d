import type { SandboxConfig } from "../config/types";
import type * as pulumi from "@pulumi/pulumi";
import { Observability } from "./observability";
import { Registry } from "./registry";
import type { Caller } from "./signedIn";
import { Workspace, type UsedWorkspace } from "./workspace";

/** A workspace of the stack's own, with the registry, the Log Analytics workspace and the rest that it needs. */
export function ownWorkspace(
  { names, network, logRetentionDays, protect }: SandboxConfig,
  place: {
    readonly resourceGroupName: pulumi.Output<string>;
    readonly location: string;
    readonly tags: Readonly<Record<string, string>>;
  },
  { tenantId }: Caller,
): { readonly workspace: UsedWorkspace; readonly logAnalyticsId: pulumi.Output<string> } {
  const { logAnalyticsId, applicationInsightsId } = new Observability("observability", {
    ...place,
    logAnalyticsName: names.logAnalytics,
    applicationInsightsName: names.applicationInsights,
    logRetentionDays,
  });
  const registry = new Registry("registry", {
    ...place,
    registryName: names.registry,
    access: "public",
    sku: network.isolationMode === "Disabled" ? "Standard" : "Premium",
    logAnalyticsId,
    protect,
  });
  const workspace = new Workspace("workspace", {
    ...place,
    workspaceName: names.workspace,
    storageAccountName: names.storageAccount,
    keyVaultName: names.keyVault,
    tenantId,
    registryId: registry.id,
    applicationInsightsId,
    logAnalyticsId,
    isolationMode: network.isolationMode,
    outboundRules: network.outboundRules,
    protect,
  });
  return { workspace, logAnalyticsId };
}
