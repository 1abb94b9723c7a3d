import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/**
 * The second lock beside the account's: a container that is opened here stays open when the account's switch is
 * turned.
 */
export const storageContainersPrivate: ResourceRule = {
  id: "storage-containers-private",
  title: "Every container is private",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.Storage.BlobAccessType"],
  },
  sees: "resource",
  types: ["azure-native:storage:BlobContainer"],
  check: ({ inputs }) => mustBe(inputs, "publicAccess", "None"),
};
