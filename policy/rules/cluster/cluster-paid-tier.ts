import { PRODUCTION, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** The free tier promises nothing and is small; a cluster that serves requests scales through its API server. */
export const clusterPaidTier: ResourceRule = {
  id: "cluster-paid-tier",
  title: "The API server has a promised availability",
  severity: "mandatory",
  targets: PRODUCTION,
  references: {
    psrule: ["Azure.AKS.UptimeSLA"],
  },
  sees: "resource",
  types: ["azure-native:containerservice:ManagedCluster"],
  check: ({ inputs }) => mustBe(inputs, "sku.tier", "Standard", "Premium"),
};
