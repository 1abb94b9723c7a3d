import { PRODUCTION, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** Beside the closed public endpoint, for the day when somebody opens that. */
export const vaultFirewall: ResourceRule = {
  id: "vault-firewall",
  title: "The vault's firewall lets nothing in by default",
  severity: "mandatory",
  targets: PRODUCTION,
  references: {
    psrule: ["Azure.KeyVault.Firewall"],
    azurePolicy: ["55615ac9-af46-4a59-874e-391cc3dfb490"],
  },
  sees: "resource",
  types: ["azure-native:keyvault:Vault"],
  check: ({ inputs }) => [
    ...mustBe(inputs, "properties.networkAcls.defaultAction", "Deny"),
    ...mustBe(inputs, "properties.networkAcls.bypass", "None"),
  ],
};
