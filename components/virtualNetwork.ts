import * as network from "@pulumi/azure-native/network";
import type { network as inputs } from "@pulumi/azure-native/types/input";
import * as pulumi from "@pulumi/pulumi";
import type { ProductionNetwork, Subnets } from "../config/production/productionTypes";
import { securityGroup } from "./securityGroup";
import { securityRules } from "./securityRules";

export interface VirtualNetworkArgs {
  /** Of what is created; an existing network uses none of them. */
  readonly names: {
    readonly virtualNetwork: string;
    readonly natGateway: string;
    readonly routeTable: string;
  };
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly network: ProductionNetwork["vnet"];
  /** Addresses of pods, which the nodes' security group has to let through. */
  readonly podCidr: string;
  /** Zones that the outbound public address spans. */
  readonly zones: readonly string[];
  readonly logAnalyticsId: pulumi.Input<string>;
}

type CreatedNetwork = Extract<ProductionNetwork["vnet"], { readonly kind: "created" }>;

/** Without it Azure does not apply the security group to private endpoints. */
export const privateEndpointPolicies = {
  privateEndpointNetworkPolicies: "NetworkSecurityGroupEnabled",
} as const;

/** What a subnet has for reaching the outside. */
type EgressOfSubnet = Pick<inputs.SubnetArgs, "natGateway" | "routeTable">;

export const subnetNames: Required<Subnets<string>> = {
  nodes: "snet-nodes",
  apiServer: "snet-api-server",
  privateEndpoints: "snet-private-endpoints",
  gateway: "snet-gateway",
  build: "snet-build",
};

/**
 * The cluster's network: either the network team's, of which only ids are passed on, or one created here with a security
 * group and explicit egress for every subnet.
 *
 * Subnets are part of the network's own body. As resources beside it they would be wiped by the next change of the
 * network (pulumi-azure-native issues 74, 611 and 3049).
 */
export class VirtualNetwork extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly subnetIds: Subnets<pulumi.Output<string>>;
  /** Ready when subnets, rules and egress are; AKS checks the way out before it makes a node. */
  readonly ready: readonly pulumi.Resource[];
  /** Name of the subnet with the gateway's address. */
  readonly gatewaySubnetName: string;
  /** Of the cluster's network profile. */
  readonly outboundType: "userAssignedNATGateway" | "userDefinedRouting";

  constructor(name: string, args: VirtualNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlscore:network:VirtualNetwork", name, {}, opts);
    if (args.network.kind === "existing") {
      this.id = pulumi.output(args.network.id);
      this.subnetIds = mapSubnets(args.network.subnetIds, (id) => pulumi.output(id));
      this.ready = [];
      this.gatewaySubnetName = args.network.subnetIds.gateway.split("/").at(-1) ?? "";
      this.outboundType = outboundType(args.network.egress);
    } else {
      const created = this.create(name, args, args.network);
      this.id = created.id;
      // Not from the output `subnets`, which is unknown in the preview of every change to the network.
      this.subnetIds = mapSubnets(args.network.subnets, (_cidr, subnet) =>
        created.id.apply((id) => `${id}/subnets/${subnetNames[subnet]}`),
      );
      this.ready = [created];
      this.gatewaySubnetName = subnetNames.gateway;
      this.outboundType = outboundType(args.network.egress.type);
    }
    this.registerOutputs({ id: this.id });
  }

  private create(
    name: string,
    args: VirtualNetworkArgs,
    { addressSpace, subnets, egress }: CreatedNetwork,
  ): network.VirtualNetwork {
    const securityGroupIds = mapSubnets(securityRules(subnets, args.podCidr), (rules, subnet) =>
      securityGroup(
        `${name}-${subnet}-rules`,
        {
          ...place(args),
          networkSecurityGroupName: `nsg-${args.names.virtualNetwork}-${subnetNames[subnet]}`,
          securityRules: rules,
          logAnalyticsId: args.logAnalyticsId,
        },
        { parent: this },
      ),
    );
    const egressOfSubnet =
      egress.type === "natGateway"
        ? this.natGateway(name, args)
        : this.routeTable(name, args, egress.nextHopIpAddress);
    return new network.VirtualNetwork(
      name,
      {
        ...place(args),
        virtualNetworkName: args.names.virtualNetwork,
        addressSpace: { addressPrefixes: [addressSpace] },
        subnets: Object.values(
          mapSubnets(subnets, (addressPrefix, subnet) => ({
            name: subnetNames[subnet],
            addressPrefix,
            // Azure's hidden way out for machines without another one must not make up for a missing route.
            defaultOutboundAccess: false,
            ...subnetProperties(subnet, egressOfSubnet),
            ...(securityGroupIds[subnet] === undefined
              ? {}
              : { networkSecurityGroup: { id: securityGroupIds[subnet] } }),
          })),
        ),
      },
      { parent: this },
    );
  }

  /**
   * A Standard NAT gateway, in a zone that Azure chooses: when that zone fails, nothing gets out until it is back. The
   * zone-redundant StandardV2 (AKS, "Managed or user-assigned NAT gateway") is not in API version 2024-05-01, the one
   * of azure-native 3.28. Where that matters, take the firewall. Requests keep being answered meanwhile: gateway, API
   * server, registry, vault and storage are inside the network.
   */
  private natGateway(name: string, args: VirtualNetworkArgs): EgressOfSubnet {
    const address = new network.PublicIPAddress(
      `${name}-outbound-address`,
      {
        ...place(args),
        publicIpAddressName: `pip-${args.names.natGateway}`,
        sku: { name: "Standard", tier: "Regional" },
        publicIPAllocationMethod: "Static",
        publicIPAddressVersion: "IPv4",
        zones: [...args.zones],
      },
      { parent: this },
    );
    const gateway = new network.NatGateway(
      `${name}-nat-gateway`,
      {
        ...place(args),
        natGatewayName: args.names.natGateway,
        sku: { name: "Standard" },
        publicIpAddresses: [{ id: address.id }],
      },
      { parent: this },
    );
    return { natGateway: { id: gateway.id } };
  }

  private routeTable(
    name: string,
    args: VirtualNetworkArgs,
    nextHopIpAddress: string,
  ): EgressOfSubnet {
    const table = new network.RouteTable(
      `${name}-routes`,
      {
        ...place(args),
        routeTableName: args.names.routeTable,
        // A route learnt from a gateway must not lead past the firewall.
        disableBgpRoutePropagation: true,
        routes: [
          {
            name: "to-firewall",
            addressPrefix: "0.0.0.0/0",
            nextHopType: "VirtualAppliance",
            nextHopIpAddress,
          },
        ],
      },
      { parent: this },
    );
    return { routeTable: { id: table.id } };
  }
}

function place({ resourceGroupName, location, tags }: VirtualNetworkArgs) {
  return { resourceGroupName, location, tags };
}

function outboundType(egress: "natGateway" | "firewall"): VirtualNetwork["outboundType"] {
  return egress === "natGateway" ? "userAssignedNATGateway" : "userDefinedRouting";
}

/** What sets a subnet apart. Only machines of ours need a way out. */
function subnetProperties(
  subnet: keyof Subnets<unknown>,
  egress: EgressOfSubnet,
): Partial<inputs.SubnetArgs> {
  switch (subnet) {
    case "nodes":
    case "build":
      return egress;
    case "apiServer":
      return {
        delegations: [{ name: "aks", serviceName: "Microsoft.ContainerService/managedClusters" }],
      };
    case "privateEndpoints":
      return privateEndpointPolicies;
    case "gateway":
      return {};
  }
}

function mapSubnets<T, U>(
  subnets: Subnets<T>,
  change: (value: T, subnet: keyof Subnets<unknown>) => U,
): Subnets<U> {
  const entries = Object.entries(subnets) as [keyof Subnets<unknown>, T][];
  const changed = entries.map(([subnet, value]) => [subnet, change(value, subnet)] as const);
  return Object.fromEntries(changed) as unknown as Subnets<U>;
}
