import { checkPools, POOL_TYPES } from "../../pools";
import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/**
 * Ephemeral disks lie on the host. Advisory: the subscription needs the feature EncryptionAtHost, which is not the
 * stack's to register.
 */
export const poolsHostEncryption: ResourceRule = {
  id: "pools-host-encryption",
  title: "Nodes' temporary disks and caches are encrypted on the host",
  severity: "advisory",
  targets: BOTH,
  references: {
    azurePolicy: ["41425d9f-d1a5-499a-9932-f8ed8453932c"],
  },
  sees: "resource",
  types: POOL_TYPES,
  check: (resource) => checkPools(resource, (pool) => mustBe(pool, "enableEncryptionAtHost", true)),
};
