import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/**
 * The admin account is one password with all rights that belongs to nobody. IT forbids it, so no exemption lifts
 * this rule: nodes and deployments pull with identities.
 */
export const registryAdminUserOff: ResourceRule = {
  id: "registry-admin-user-off",
  title: "The registry's admin account is off",
  severity: "mandatory",
  targets: BOTH,
  isFinal: true,
  references: {
    psrule: ["Azure.ACR.AdminUser"],
    azurePolicy: ["dc921057-6b28-4fbe-9b83-f7bec05db6c2"],
  },
  sees: "resource",
  types: ["azure-native:containerregistry:Registry"],
  check: ({ inputs }) => mustBe(inputs, "adminUserEnabled", false),
};
