import { PRODUCTION, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/**
 * The second encryption, below the service's own, can only be had from the start: an account without it has to be made
 * anew, with its data.
 */
export const storageDoubleEncryption: ResourceRule = {
  id: "storage-double-encryption",
  title: "Storage encrypts twice",
  severity: "mandatory",
  targets: PRODUCTION,
  references: {
    azurePolicy: ["4733ea7b-a883-42fe-8cac-97454c2a9e4a"],
  },
  sees: "resource",
  types: ["azure-native:storage:StorageAccount"],
  check: ({ inputs }) => mustBe(inputs, "encryption.requireInfrastructureEncryption", true),
};
