import * as privatedns from "@pulumi/azure-native/privatedns";
import * as pulumi from "@pulumi/pulumi";
import type { PrivateService, ProductionNetwork } from "../config/production/productionTypes";
import { zoneNames } from "../config/production/privateZones";
import { resolvedName } from "./resolvedName";

export interface PrivateDnsArgs {
  readonly resourceGroupName: pulumi.Input<string>;
  /** Region, which the API server's zone has in its name. */
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly virtualNetworkId: pulumi.Input<string>;
  /** Zones that others keep; their links are theirs as well. */
  readonly existing: ProductionNetwork["privateDnsZoneIds"];
}

/**
 * Private DNS zones by which names of the stack's services lead to private addresses, each linked to the network.
 *
 * The API server's zone is linked here too. AKS makes the link if it is missing, but one that this stack does not know
 * would keep the zone from being deleted, and the owner of the zone has to link it (AKS, "Create a private AKS
 * cluster", custom private DNS zone; the AKS baseline links it the same way). Azure refuses a link only when the
 * network has another zone of the same name already (MicrosoftDocs/azure-aks-docs issue 212); name that one in the
 * settings.
 */
export class PrivateDns extends pulumi.ComponentResource {
  readonly zoneIds: Readonly<Record<PrivateService, pulumi.Output<string>>>;
  /** Ready when the names can be resolved from the network. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: PrivateDnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlscore:privateDns:PrivateDns", name, {}, opts);
    const links: pulumi.Resource[] = [];
    const zoneId = (service: PrivateService, zoneName: string): pulumi.Output<string> => {
      const existing = args.existing[service];
      if (existing !== undefined) return pulumi.output(existing);
      const zone = new privatedns.PrivateZone(
        `${name}-${service}`,
        {
          privateZoneName: zoneName,
          resourceGroupName: args.resourceGroupName,
          location: "global",
          tags: args.tags,
        },
        { parent: this },
      );
      links.push(this.link(`${name}-${service}-link`, args, resolvedName(zone, zoneName)));
      return zone.id;
    };
    const names = zoneNames(args.location);
    this.zoneIds = {
      registry: zoneId("registry", names.registry),
      vault: zoneId("vault", names.vault),
      blob: zoneId("blob", names.blob),
      dfs: zoneId("dfs", names.dfs),
      apiServer: zoneId("apiServer", names.apiServer),
    };
    this.ready = links;
    this.registerOutputs({ zoneIds: this.zoneIds });
  }

  private link(
    name: string,
    args: PrivateDnsArgs,
    privateZoneName: pulumi.Input<string>,
  ): pulumi.Resource {
    return new privatedns.VirtualNetworkLink(
      name,
      {
        virtualNetworkLinkName: "cluster-network",
        privateZoneName,
        resourceGroupName: args.resourceGroupName,
        location: "global",
        virtualNetwork: { id: args.virtualNetworkId },
        // Machines of the network do not write their names into these zones.
        registrationEnabled: false,
        tags: args.tags,
      },
      { parent: this },
    );
  }
}
