import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** Older versions of TLS have known weaknesses. Said even where Azure's default is the same today. */
export const storageMinimumTls: ResourceRule = {
  id: "storage-minimum-tls",
  title: "Storage takes TLS 1.2 or newer",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.Storage.MinTLS"],
    azurePolicy: ["fe83a0eb-a853-422d-aac2-1bffd182c5d0"],
  },
  sees: "resource",
  types: ["azure-native:storage:StorageAccount"],
  check: ({ inputs }) => mustBe(inputs, "minimumTlsVersion", "TLS1_2", "TLS1_3"),
};
