import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** Certificates and secrets that are deleted by mistake come back within the retention. */
export const vaultSoftDelete: ResourceRule = {
  id: "vault-soft-delete",
  title: "What is deleted from the vault can be had back",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.KeyVault.SoftDelete"],
    azurePolicy: ["1e66c121-a66a-4b1f-9b83-0fd99bf0fc2d"],
  },
  sees: "resource",
  types: ["azure-native:keyvault:Vault"],
  check: ({ inputs }) => mustBe(inputs, "properties.enableSoftDelete", true),
};
