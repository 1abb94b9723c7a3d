import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/**
 * An account key opens everything, names nobody and ends up in connection strings. Identities with a role are the
 * only way in.
 */
export const storageSharedKeysOff: ResourceRule = {
  id: "storage-shared-keys-off",
  title: "Storage refuses account keys and everything signed with them",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.Storage.LocalAuth"],
    azurePolicy: ["8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54"],
  },
  sees: "resource",
  types: ["azure-native:storage:StorageAccount"],
  check: ({ inputs }) => mustBe(inputs, "allowSharedKeyAccess", false),
};
