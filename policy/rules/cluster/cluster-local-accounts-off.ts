import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** The local admin certificate is a shared key to everything that is valid for years, and nobody's leaving ends it. */
export const clusterLocalAccountsOff: ResourceRule = {
  id: "cluster-local-accounts-off",
  title: "The cluster has no accounts beside Entra ID",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.AKS.LocalAccounts"],
    azurePolicy: ["993c2fcd-2b29-49d2-9eb0-df2c3a730c32"],
  },
  sees: "resource",
  types: ["azure-native:containerservice:ManagedCluster"],
  check: ({ inputs }) => mustBe(inputs, "disableLocalAccounts", true),
};
