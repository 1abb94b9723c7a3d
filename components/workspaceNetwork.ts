import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import type { PrivateEndpointNetwork } from "../config/networkTypes";
import { WORKSPACE_ZONES, type WorkspaceZone } from "../config/workspaceZones";
import { PrivateDns } from "./privateDns";
import { privateEndpoint } from "./privateEndpoint";
import { securityGroup } from "./securityGroup";
import { privateEndpointRules } from "./securityRules";
import { privateEndpointPolicies, subnetNames } from "./virtualNetwork";

export interface WorkspaceNetworkArgs {
  /** Of a network that is created. */
  readonly virtualNetworkName: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly network: PrivateEndpointNetwork;
  readonly logAnalyticsId: pulumi.Input<string>;
}

/** What a private endpoint leads to. */
export interface PrivateTarget {
  readonly groupId: string;
  readonly serviceId: pulumi.Input<string>;
  readonly serviceName: string;
  readonly zones: readonly WorkspaceZone[];
  readonly parent: pulumi.Resource;
}

/** Where the private endpoints of a workspace are: a subnet and the private DNS zones, created or found. */
export class WorkspaceNetwork extends pulumi.ComponentResource {
  private readonly subnetId: pulumi.Output<string>;
  private readonly dns: PrivateDns<WorkspaceZone>;

  constructor(
    name: string,
    private readonly args: WorkspaceNetworkArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("mlscore:workspaceNetwork:WorkspaceNetwork", name, {}, opts);
    const { vnet, privateDnsZoneIds } = args.network;
    const virtualNetworkId =
      vnet.kind === "existing" ? pulumi.output(vnet.id) : this.create(name, vnet);
    this.subnetId =
      vnet.kind === "existing"
        ? pulumi.output(vnet.subnetIds.privateEndpoints)
        : pulumi.interpolate`${virtualNetworkId}/subnets/${subnetNames.privateEndpoints}`;
    this.dns = new PrivateDns(
      `${name}-dns`,
      {
        resourceGroupName: args.resourceGroupName,
        tags: args.tags,
        virtualNetworkId,
        linkName: "workspace-network",
        zoneNames: WORKSPACE_ZONES,
        existing: privateDnsZoneIds,
      },
      { parent: this },
    );
    this.registerOutputs();
  }

  /** Declares a private endpoint for each target; ready when their names lead there. */
  connect(targets: readonly PrivateTarget[]): readonly pulumi.Resource[] {
    const { resourceGroupName, location, tags } = this.args;
    const connected = targets.flatMap(({ zones, parent, ...target }) =>
      privateEndpoint(
        `${target.groupId}-endpoint`,
        {
          ...target,
          resourceGroupName,
          location,
          tags,
          subnetId: this.subnetId,
          zoneIds: zones.map((zone) => this.dns.zoneIds[zone]),
        },
        { parent },
      ),
    );
    return [...connected, ...this.dns.ready];
  }

  private create(
    name: string,
    vnet: Extract<PrivateEndpointNetwork["vnet"], { kind: "created" }>,
  ): pulumi.Output<string> {
    const { virtualNetworkName, resourceGroupName, location, tags, logAnalyticsId } = this.args;
    const place = { resourceGroupName, location, tags };
    const range = vnet.subnets.privateEndpoints;
    const rules = securityGroup(
      `${name}-privateEndpoints-rules`,
      {
        ...place,
        networkSecurityGroupName: `nsg-${virtualNetworkName}-${subnetNames.privateEndpoints}`,
        securityRules: privateEndpointRules(range, "Deployers, the runner and callers"),
        logAnalyticsId,
      },
      { parent: this },
    );
    return new network.VirtualNetwork(
      name,
      {
        ...place,
        virtualNetworkName,
        addressSpace: { addressPrefixes: [vnet.addressSpace] },
        // Part of the network's own body, as in production (virtualNetwork.ts).
        subnets: [
          {
            name: subnetNames.privateEndpoints,
            addressPrefix: range,
            defaultOutboundAccess: false,
            ...privateEndpointPolicies,
            networkSecurityGroup: { id: rules },
          },
        ],
      },
      { parent: this },
    ).id;
  }
}
