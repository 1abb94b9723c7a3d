import { BOTH, type ResourceRule } from "../../rule";
import { checkSubnets } from "../../subnets";
import { mustBe } from "../../inputChecks";

/** Azure gives machines in a subnet an address to the internet that is nobody's, unless it is told not to. */
export const networkPrivateSubnets: ResourceRule = {
  id: "network-private-subnets",
  title: "No subnet has a way out by default",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.VNET.PrivateSubnet"],
    azurePolicy: ["7bca8353-aa3b-429b-904a-9229c4385837"],
  },
  sees: "resource",
  types: ["azure-native:network:VirtualNetwork"],
  check: ({ inputs }) =>
    checkSubnets(inputs, (subnet) => mustBe(subnet, "defaultOutboundAccess", false)),
};
