import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** Tokens and features would cross the network readable. */
export const storageHttpsOnly: ResourceRule = {
  id: "storage-https-only",
  title: "Storage takes no plain HTTP",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.Storage.SecureTransfer"],
    azurePolicy: ["404c3081-a854-4457-ae30-26a93ef643f9"],
  },
  sees: "resource",
  types: ["azure-native:storage:StorageAccount"],
  check: ({ inputs }) => mustBe(inputs, "enableHttpsTrafficOnly", true),
};
