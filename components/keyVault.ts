import * as keyvault from "@pulumi/azure-native/keyvault";
import * as pulumi from "@pulumi/pulumi";
import { sendDiagnostics } from "./observability";

/** `private`: private endpoints alone. */
type VaultAccess = "public" | "private";

export interface KeyVaultArgs {
  readonly vaultName: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly tenantId: pulumi.Input<string>;
  readonly access: VaultAccess;
  readonly logAnalyticsId: pulumi.Input<string>;
  readonly tags: Readonly<Record<string, string>>;
  readonly protect: boolean;
}

/** Key vault whose audit log is kept. */
export class KeyVault extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;

  constructor(name: string, args: KeyVaultArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlscore:keyVault:KeyVault", name, {}, opts);
    const vault = new keyvault.Vault(
      name,
      {
        vaultName: args.vaultName,
        resourceGroupName: args.resourceGroupName,
        location: args.location,
        properties: vaultProperties(args.tenantId, args.access),
        tags: args.tags,
      },
      { parent: this, protect: args.protect },
    );
    sendDiagnostics(
      `${name}-diagnostics`,
      { resourceId: vault.id, logAnalyticsId: args.logAnalyticsId },
      { parent: this },
    );
    this.id = vault.id;
    this.registerOutputs({ id: this.id });
  }
}

/** Vault for identities with roles, whose secrets can be had back for 90 days and are purged by nobody. */
export function vaultProperties(
  tenantId: pulumi.Input<string>,
  access: VaultAccess,
): keyvault.VaultArgs["properties"] {
  return {
    tenantId,
    sku: { family: "A", name: "standard" },
    enableRbacAuthorization: true,
    enableSoftDelete: true,
    softDeleteRetentionInDays: 90,
    enablePurgeProtection: true,
    ...(access === "public"
      ? { publicNetworkAccess: "Enabled" }
      : {
          publicNetworkAccess: "Disabled",
          // No service of Azure's needs this vault; pods come through the private endpoint.
          networkAcls: { defaultAction: "Deny", bypass: "None" },
        }),
  };
}
