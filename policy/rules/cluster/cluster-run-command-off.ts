import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** `az aks command invoke` is a way around the private network, for everybody with a role on the cluster. */
export const clusterRunCommandOff: ResourceRule = {
  id: "cluster-run-command-off",
  title: "Commands cannot be run in the cluster from outside its network",
  severity: "mandatory",
  targets: BOTH,
  references: {
    azurePolicy: ["89f2d532-c53c-4f8f-9afa-4927b1114a0d"],
  },
  sees: "resource",
  types: ["azure-native:containerservice:ManagedCluster"],
  check: ({ inputs }) => mustBe(inputs, "apiServerAccessProfile.disableRunCommand", true),
};
