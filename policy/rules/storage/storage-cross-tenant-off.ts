import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** Object replication into an account of somebody else's tenant is a copy that nobody here sees. */
export const storageCrossTenantOff: ResourceRule = {
  id: "storage-cross-tenant-off",
  title: "Nothing replicates into another tenant",
  severity: "mandatory",
  targets: BOTH,
  references: {
    azurePolicy: ["92a89a79-6c52-4a7e-a03f-61306fc49312"],
  },
  sees: "resource",
  types: ["azure-native:storage:StorageAccount"],
  check: ({ inputs }) => mustBe(inputs, "allowCrossTenantReplication", false),
};
