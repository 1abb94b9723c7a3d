import { checkPools, POOL_TYPES } from "../../pools";
import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** A node starts nothing that is not signed, and its virtual TPM measures what it started. One without the other is half. */
export const poolsTrustedLaunch: ResourceRule = {
  id: "pools-trusted-launch",
  title: "Nodes have secure boot and a virtual TPM",
  severity: "mandatory",
  targets: BOTH,
  references: {
    other: ["AKS, Trusted Launch"],
  },
  sees: "resource",
  types: POOL_TYPES,
  check: (resource) =>
    checkPools(resource, (pool) => [
      ...mustBe(pool, "securityProfile.enableSecureBoot", true),
      ...mustBe(pool, "securityProfile.enableVTPM", true),
    ]),
};
