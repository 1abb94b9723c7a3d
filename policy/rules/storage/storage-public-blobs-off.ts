import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** The switch of the account: with it on, one careless container shows models or features to everybody. */
export const storagePublicBlobsOff: ResourceRule = {
  id: "storage-public-blobs-off",
  title: "No container of the account can be made public",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.Storage.BlobPublicAccess"],
    azurePolicy: ["4fa4b6c0-31ca-4c0d-b10d-24b96f62a751"],
  },
  sees: "resource",
  types: ["azure-native:storage:StorageAccount"],
  check: ({ inputs }) => mustBe(inputs, "allowBlobPublicAccess", false),
};
