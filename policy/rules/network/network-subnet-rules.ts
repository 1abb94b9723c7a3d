import { BOTH, type ResourceRule } from "../../rule";
import { checkSubnets } from "../../subnets";
import { at, fault } from "../../inputChecks";

/**
 * Without one everything in the network and in its peers reaches everything in the subnet. Which group, Azure's id
 * tells, and may be unknown in a preview; that there is one is the program's.
 */
export const networkSubnetRules: ResourceRule = {
  id: "network-subnet-rules",
  title: "Every subnet has a security group",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.VNET.UseNSGs"],
    azurePolicy: ["e71308d3-144b-4262-b144-efdc3cc90517"],
  },
  sees: "resource",
  types: ["azure-native:network:VirtualNetwork"],
  check: ({ inputs }) =>
    checkSubnets(inputs, (subnet) => {
      const group = at(subnet, "networkSecurityGroup.id");
      return group === undefined || group === ""
        ? [fault("networkSecurityGroup.id", group, "the id of a security group")]
        : [];
    }),
};
