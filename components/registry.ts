import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as pulumi from "@pulumi/pulumi";
import { resolvedName } from "./resolvedName";
import { sendDiagnostics } from "./observability";

interface CommonArgs {
  readonly registryName: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly logAnalyticsId: pulumi.Input<string>;
  readonly tags: Readonly<Record<string, string>>;
  readonly protect: boolean;
}

interface PublicAccess {
  readonly access: "public";
  /**
   * `Premium` is the only SKU that private endpoints can reach. A workspace's managed network reaches a public registry by
   * one under `AllowOnlyApprovedOutbound` only (Azure ML, "Workspace managed virtual network isolation").
   */
  readonly sku: "Standard" | "Premium";
}

interface PrivateAccess {
  /**
   * Private endpoints alone. `privateWorkspace`: of a workspace, and with nothing that a registry could not become in place;
   * images can be imported from it by others.
   */
  readonly access: "private" | "privateWorkspace";
}

export type RegistryArgs = CommonArgs & (PublicAccess | PrivateAccess);

// Days that the images of a replaced tag are kept for going back to; Azure takes 0 to 365.
const UNTAGGED_DAYS = 30;

/**
 * Container registry that only identities can use: no admin user, no anonymous pull. Quarantine stays off, since it
 * keeps Azure ML's own environment images from being pulled (Azure/data-product-analytics issue 137).
 */
export class Registry extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;

  constructor(name: string, args: RegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlscore:registry:Registry", name, {}, opts);
    const registry = new containerregistry.Registry(
      name,
      {
        registryName: args.registryName,
        resourceGroupName: args.resourceGroupName,
        location: args.location,
        adminUserEnabled: false,
        anonymousPullEnabled: false,
        ...accessProperties(args),
        tags: args.tags,
      },
      { parent: this, protect: args.protect },
    );
    sendDiagnostics(
      `${name}-diagnostics`,
      { resourceId: registry.id, logAnalyticsId: args.logAnalyticsId },
      { parent: this },
    );
    this.id = registry.id;
    this.name = resolvedName(registry, args.registryName);
    this.registerOutputs({ id: this.id, name: this.name });
  }
}

/**
 * What differs by access. Both let Azure's trusted services in, which need a role all the same: Defender scans images
 * and another registry's images are imported this way (Azure Container Registry, "Allow trusted services"). Tasks no
 * longer are among them (ibid., "Manage network bypass policy for tasks", since June 2025), so builds run on agents
 * inside the network.
 */
function accessProperties(args: RegistryArgs) {
  const networkRuleBypassOptions = "AzureServices";
  if (args.access === "public") {
    return { sku: { name: args.sku }, publicNetworkAccess: "Enabled", networkRuleBypassOptions };
  }
  const closed = {
    sku: { name: "Premium" },
    publicNetworkAccess: "Disabled",
    networkRuleBypassOptions,
  };
  if (args.access === "privateWorkspace") return closed;
  return {
    ...closed,
    zoneRedundancy: "Enabled",
    // Layers come from a host name of this registry, so that a firewall need not open all of Azure's storage.
    dataEndpointEnabled: true,
    policies: {
      // Nobody copies images out of the network by an export (Azure Container Registry, "Disable export of artifacts").
      exportPolicy: { status: "disabled" },
      // Removes what lost its tag. An image in use keeps the tag of its release, though pods name it by digest, until
      // the same release is built anew; that one has to be rolled out within these days. Soft delete is in preview and
      // excludes this policy (PSRule for Azure, Azure.ACR.SoftDelete).
      retentionPolicy: { status: "enabled", days: UNTAGGED_DAYS },
    },
  };
}
