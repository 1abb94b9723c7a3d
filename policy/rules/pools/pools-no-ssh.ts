import { checkPools, POOL_TYPES } from "../../pools";
import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** Whoever is on a node has its identity and every pod's secrets; AKS's `debug` pods go through the API server's audit log. */
export const poolsNoSsh: ResourceRule = {
  id: "pools-no-ssh",
  title: "Nobody signs in to a node over SSH",
  severity: "mandatory",
  targets: BOTH,
  references: {
    other: ["AKS, Manage SSH for secure access to nodes"],
  },
  sees: "resource",
  types: POOL_TYPES,
  check: (resource) =>
    checkPools(resource, (pool) => mustBe(pool, "securityProfile.sshAccess", "Disabled")),
};
