import { text } from "./azureml/yamlValues";
import { matching } from "./fields";

/** Pieces of the networks' settings that both stacks share. */

export const cidr = text("an IPv4 range such as 10.60.0.0/22");

/** Azure Resource Manager, "Naming rules and restrictions for Azure resources": group, network, subnet, zone. */
const GROUP = String.raw`/subscriptions/[0-9a-f-]{36}/resourceGroups/[\w.()-]{0,89}[\w()-]/providers/Microsoft\.Network`;
const VNET = String.raw`${GROUP}/virtualNetworks/[a-z0-9][\w.-]{0,62}\w`;
const SUBNET = String.raw`${VNET}/subnets/[a-z0-9](?:[\w.-]{0,78}\w)?`;
const ZONE = String.raw`${GROUP}/privateDnsZones/[\w-]{1,63}(?:\.[\w-]{1,63})+`;

const idOf = (form: string, wanted: string) => matching(new RegExp(`^${form}$`, "i"), wanted);

export const vnetId = idOf(VNET, "a virtual network's id, /subscriptions/…/virtualNetworks/<name>");
export const subnetId = idOf(
  SUBNET,
  "a subnet's id, /subscriptions/…/virtualNetworks/<name>/subnets/<name>",
);
export const zoneId = idOf(
  ZONE,
  "a private DNS zone's id, /subscriptions/…/privateDnsZones/<name>",
);
