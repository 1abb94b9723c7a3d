import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/**
 * The API server is the cluster: whoever talks to it with a role owns all pods. A private cluster can still have a
 * public name that leads to its private address, and with it tell everybody where it is.
 */
export const clusterPrivateApi: ResourceRule = {
  id: "cluster-private-api",
  title: "The cluster's API server has no public address",
  severity: "mandatory",
  targets: BOTH,
  references: {
    cisAks: ["5.4.1", "5.4.2"],
    azurePolicy: ["040732e8-d947-40b8-95d6-854c95024bf8"],
  },
  sees: "resource",
  types: ["azure-native:containerservice:ManagedCluster"],
  check: ({ inputs }) => [
    ...mustBe(inputs, "apiServerAccessProfile.enablePrivateCluster", true),
    ...mustBe(inputs, "apiServerAccessProfile.enablePrivateClusterPublicFQDN", false),
  ],
};
