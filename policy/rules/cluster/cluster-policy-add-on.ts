import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** The add-on carries out the assignment that lets only restricted pods in, whoever makes them. */
export const clusterPolicyAddOn: ResourceRule = {
  id: "cluster-policy-add-on",
  title: "Azure Policy guards what enters the cluster",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.AKS.AzurePolicyAddOn"],
    azurePolicy: ["0a15ec92-a229-4763-bb14-0ea34a568f8d"],
  },
  sees: "resource",
  types: ["azure-native:containerservice:ManagedCluster"],
  check: ({ inputs }) => mustBe(inputs, "addonProfiles.azurepolicy.enabled", true),
};
