import * as privatedns from "@pulumi/azure-native/privatedns";
import * as pulumi from "@pulumi/pulumi";
import { resolvedName } from "./resolvedName";

export interface PrivateDnsArgs<Service extends string> {
  readonly resourceGroupName: pulumi.Input<string>;
  readonly tags: Readonly<Record<string, string>>;
  readonly virtualNetworkId: pulumi.Input<string>;
  /** Of the links to that network. */
  readonly linkName: string;
  /** Names of the zones by what has its addresses there. */
  readonly zoneNames: Readonly<Record<Service, string>>;
  /** Zones that others keep; their links are theirs as well. */
  readonly existing: Readonly<Partial<Record<Service, string>>>;
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
export class PrivateDns<Service extends string> extends pulumi.ComponentResource {
  readonly zoneIds: Readonly<Record<Service, pulumi.Output<string>>>;
  /** Ready when the names can be resolved from the network. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: PrivateDnsArgs<Service>, opts?: pulumi.ComponentResourceOptions) {
    super("mlscore:privateDns:PrivateDns", name, {}, opts);
    const links: pulumi.Resource[] = [];
    const zoneId = (service: Service): pulumi.Output<string> => {
      const existing = args.existing[service];
      if (existing !== undefined) return pulumi.output<string>(existing);
      const zoneName = args.zoneNames[service];
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
    const services = Object.keys(args.zoneNames) as Service[];
    this.zoneIds = Object.fromEntries(
      services.map((service) => [service, zoneId(service)]),
    ) as Record<Service, pulumi.Output<string>>;
    this.ready = links;
    this.registerOutputs({ zoneIds: this.zoneIds });
  }

  private link(
    name: string,
    args: PrivateDnsArgs<Service>,
    privateZoneName: pulumi.Input<string>,
  ): pulumi.Resource {
    return new privatedns.VirtualNetworkLink(
      name,
      {
        virtualNetworkLinkName: args.linkName,
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
