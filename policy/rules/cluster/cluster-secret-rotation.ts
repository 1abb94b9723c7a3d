import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/**
 * Without rotation a renewed certificate reaches the gateway only with a restart. Azure's type has text, not a
 * switch.
 */
export const clusterSecretRotation: ResourceRule = {
  id: "cluster-secret-rotation",
  title: "What comes from the vault is brought anew when it changes there",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.AKS.SecretStore", "Azure.AKS.SecretStoreRotation"],
    cisAks: ["4.5.2"],
  },
  sees: "resource",
  types: ["azure-native:containerservice:ManagedCluster"],
  check: ({ inputs }) => [
    ...mustBe(inputs, "addonProfiles.azureKeyvaultSecretsProvider.enabled", true),
    ...mustBe(
      inputs,
      "addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation",
      "true",
    ),
  ],
};
