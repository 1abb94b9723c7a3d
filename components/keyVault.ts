import * as keyvault from "@pulumi/azure-native/keyvault";
import * as pulumi from "@pulumi/pulumi";
import { sendDiagnostics } from "./observability";

/** `private`: production's, by private endpoints alone; the others are a workspace's. */
type VaultAccess = "public" | "privateWorkspace" | "private";

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

/**
 * Days for which a deleted vault and its secrets can be recovered, 7 to 90 in Azure and fixed for the vault's life. Purge protection
 * keeps the name taken just as long (Key Vault, "soft-delete overview"): the sandbox, which is made again more
 * often, has the fewest days.
 */
const RETENTION_DAYS = { public: 7, privateWorkspace: 7, private: 90 } as const satisfies Record<
  VaultAccess,
  number
>;

/** Vault for identities with roles, which nobody purges before its days are over. */
export function vaultProperties(
  tenantId: pulumi.Input<string>,
  access: VaultAccess,
): keyvault.VaultArgs["properties"] {
  return {
    tenantId,
    sku: { family: "A", name: "standard" },
    enableRbacAuthorization: true,
    enableSoftDelete: true,
    softDeleteRetentionInDays: RETENTION_DAYS[access],
    enablePurgeProtection: true,
    ...(access === "public"
      ? { publicNetworkAccess: "Enabled" }
      : {
          publicNetworkAccess: "Disabled",
          networkAcls: { defaultAction: "Deny", bypass: BYPASS[access] },
        }),
  };
}

/**
 * Azure ML keeps a workspace's and its endpoints' keys there, and an endpoint with keys cannot be created without that way
 * (Azure ML, troubleshooting of online endpoints). Production's vault is needed by no service of Azure's; pods come through
 * the private endpoint.
 */
const BYPASS = { privateWorkspace: "AzureServices", private: "None" } as const;
