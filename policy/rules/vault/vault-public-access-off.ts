import { PRODUCTION, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** The gateway's certificate is read from inside the network. Azure's default is open, so silence is wrong. */
export const vaultPublicAccessOff: ResourceRule = {
  id: "vault-public-access-off",
  title: "The vault is reached through a private endpoint alone",
  severity: "mandatory",
  targets: PRODUCTION,
  references: {
    azurePolicy: ["405c5871-3e91-4644-8a63-58e19d68ff5b"],
  },
  sees: "resource",
  types: ["azure-native:keyvault:Vault"],
  check: ({ inputs }) => mustBe(inputs, "properties.publicNetworkAccess", "Disabled"),
};
