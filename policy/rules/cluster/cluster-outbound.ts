import { PRODUCTION, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/**
 * `loadBalancer`, AKS's default, gives the cluster a public address of its own. A NAT gateway or a firewall's route
 * is the network's, and what leaves can be seen there.
 */
export const clusterOutbound: ResourceRule = {
  id: "cluster-outbound",
  title: "Nodes leave through one known way",
  severity: "mandatory",
  targets: PRODUCTION,
  references: {
    other: ["AKS baseline architecture, egress traffic flow"],
  },
  sees: "resource",
  types: ["azure-native:containerservice:ManagedCluster"],
  check: ({ inputs }) =>
    mustBe(inputs, "networkProfile.outboundType", "userAssignedNATGateway", "userDefinedRouting"),
};
