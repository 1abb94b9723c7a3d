import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import { resolvedName } from "./resolvedName";

export interface PrivateEndpointArgs {
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly subnetId: pulumi.Input<string>;
  readonly serviceId: pulumi.Input<string>;
  /** Name of the service's resource; the endpoint's names are made from it. */
  readonly serviceName: string;
  /** Which side of the service: `registry`, `vault`, `blob` or `dfs`. */
  readonly groupId: string;
  /** Private DNS zones that get the endpoint's addresses. */
  readonly zoneIds: readonly pulumi.Input<string>[];
}

/**
 * Private endpoint of one service, and its addresses in private DNS. Resources that use the service must wait for both:
 * until the second is there, its name leads to the closed public address.
 */
export function privateEndpoint(
  name: string,
  args: PrivateEndpointArgs,
  opts: pulumi.CustomResourceOptions,
): readonly [network.PrivateEndpoint, network.PrivateDnsZoneGroup] {
  const privateEndpointName = `pe-${args.serviceName}-${args.groupId}`;
  const endpoint = new network.PrivateEndpoint(
    name,
    {
      privateEndpointName,
      resourceGroupName: args.resourceGroupName,
      location: args.location,
      subnet: { id: args.subnetId },
      // Else Azure makes up a name with a GUID, and the interface cannot be told from others.
      customNetworkInterfaceName: `nic-${privateEndpointName}`,
      privateLinkServiceConnections: [
        {
          name: privateEndpointName,
          privateLinkServiceId: args.serviceId,
          groupIds: [args.groupId],
        },
      ],
      tags: args.tags,
    },
    opts,
  );
  const zoneGroup = new network.PrivateDnsZoneGroup(
    `${name}-dns`,
    {
      privateDnsZoneGroupName: "default",
      privateEndpointName: resolvedName(endpoint, privateEndpointName),
      resourceGroupName: args.resourceGroupName,
      privateDnsZoneConfigs: args.zoneIds.map((zoneId) => ({
        name: pulumi.output(zoneId).apply(configName),
        privateDnsZoneId: zoneId,
      })),
    },
    opts,
  );
  return [endpoint, zoneGroup];
}

/** The zone's name with dashes for dots, which Azure does not take here. */
function configName(zoneId: string): string {
  return zoneId.slice(zoneId.lastIndexOf("/") + 1).replaceAll(".", "-");
}
