import { PRODUCTION, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** Features are read by pods in the network. Azure's default is open, so silence is wrong. */
export const storagePublicAccessOff: ResourceRule = {
  id: "storage-public-access-off",
  title: "Storage is reached through private endpoints alone",
  severity: "mandatory",
  targets: PRODUCTION,
  references: {
    azurePolicy: ["b2982f36-99f2-4db5-8eff-283140c09693"],
  },
  sees: "resource",
  types: ["azure-native:storage:StorageAccount"],
  check: ({ inputs }) => mustBe(inputs, "publicNetworkAccess", "Disabled"),
};
