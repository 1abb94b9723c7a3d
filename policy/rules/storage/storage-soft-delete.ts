import { names, ofType, violations } from "../../relations";
import { PRODUCTION, type StackRule } from "../../rule";
import { mustBe, mustBeAtLeast } from "../../inputChecks";

/** PSRule's least; Azure takes 1 to 365. */
const LEAST_DAYS = 7;

/**
 * Deleted files and containers can be had back for a while, by whoever deleted them too. It is a resource beside the
 * account, so an account without one has none.
 */
export const storageSoftDelete: StackRule = {
  id: "storage-soft-delete",
  title: "Deleted blobs and containers can be had back for a week",
  severity: "mandatory",
  targets: PRODUCTION,
  references: {
    psrule: ["Azure.Storage.ContainerSoftDelete", "Azure.Storage.SoftDelete"],
  },
  sees: "stack",
  check: (resources) =>
    ofType(resources, "azure-native:storage:StorageAccount").flatMap((account) => {
      const services = ofType(resources, "azure-native:storage:BlobServiceProperties").filter(
        (service) => names(service, "accountName", account, account.inputs["accountName"]),
      );
      if (services.length === 0) {
        return violations(account, ["has no BlobServiceProperties, and so no soft delete"]);
      }
      return services.flatMap((service) =>
        violations(
          service,
          ["deleteRetentionPolicy", "containerDeleteRetentionPolicy"].flatMap((policy) => [
            ...mustBe(service.inputs, `${policy}.enabled`, true),
            ...mustBeAtLeast(service.inputs, `${policy}.days`, LEAST_DAYS),
          ]),
        ),
      );
    }),
};
