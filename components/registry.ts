import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as pulumi from "@pulumi/pulumi";

export interface RegistryArgs {
  readonly registryName: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  /**
   * `Premium` is the only SKU that private endpoints can reach, and a workspace's managed network reaches its
   * registry by one.
   */
  readonly sku: "Standard" | "Premium";
  readonly tags: Readonly<Record<string, string>>;
  readonly protect: boolean;
}

/**
 * Container registry that only identities can use: no admin user, no anonymous pull. Quarantine stays off, since it
 * keeps Azure ML's own environment images from being pulled (Azure/data-product-analytics issue 137).
 */
export class Registry extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;

  constructor(name: string, args: RegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlscore:registry:Registry", name, {}, opts);
    const registry = new containerregistry.Registry(
      name,
      {
        registryName: args.registryName,
        resourceGroupName: args.resourceGroupName,
        location: args.location,
        sku: { name: args.sku },
        adminUserEnabled: false,
        anonymousPullEnabled: false,
        publicNetworkAccess: "Enabled",
        networkRuleBypassOptions: "AzureServices",
        tags: args.tags,
      },
      { parent: this, protect: args.protect },
    );
    this.id = registry.id;
    this.registerOutputs({ id: this.id });
  }
}
