import { BOTH, type ResourceRule } from "../../rule";
import { mayOnlyBe, mustBe } from "../../inputChecks";

/**
 * A service principal has a password that somebody keeps and that one day ends. AKS writes the client id `msi` where
 * there is none.
 */
export const clusterManagedIdentity: ResourceRule = {
  id: "cluster-managed-identity",
  title: "The cluster acts as a managed identity",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.AKS.ManagedIdentity"],
    azurePolicy: ["da6e2401-19da-4532-9141-fb8fbde08431"],
  },
  sees: "resource",
  types: ["azure-native:containerservice:ManagedCluster"],
  check: ({ inputs }) => [
    ...mustBe(inputs, "identity.type", "UserAssigned", "SystemAssigned"),
    ...mayOnlyBe(inputs, "servicePrincipalProfile.clientId", "msi"),
  ],
};
