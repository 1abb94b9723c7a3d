import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** Without it, whoever deletes a vault can also destroy it for good. It cannot be switched off again. */
export const vaultPurgeProtection: ResourceRule = {
  id: "vault-purge-protection",
  title: "A deleted vault cannot be purged before its time",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.KeyVault.PurgeProtect"],
    azurePolicy: ["0b60c0b2-2dc2-4e1c-b5c9-abbed971de53"],
  },
  sees: "resource",
  types: ["azure-native:keyvault:Vault"],
  check: ({ inputs }) => mustBe(inputs, "properties.enablePurgeProtection", true),
};
