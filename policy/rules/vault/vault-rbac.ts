import { BOTH, type ResourceRule } from "../../rule";
import { at, items, mustBe } from "../../inputChecks";

/**
 * Access policies give a whole kind of objects and are managed by whoever manages the vault; roles can be given on
 * one secret and are seen with all others.
 */
export const vaultRbac: ResourceRule = {
  id: "vault-rbac",
  title: "The vault grants by roles, not by access policies",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.KeyVault.RBAC"],
    azurePolicy: ["12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5"],
  },
  sees: "resource",
  types: ["azure-native:keyvault:Vault"],
  check: ({ inputs }) => [
    ...mustBe(inputs, "properties.enableRbacAuthorization", true),
    ...(items(at(inputs, "properties.accessPolicies")).length === 0
      ? []
      : ["properties.accessPolicies has entries; grant roles instead"]),
  ],
};
