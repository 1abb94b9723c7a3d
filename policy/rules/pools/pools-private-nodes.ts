import { checkPools, POOL_TYPES } from "../../pools";
import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** A node with a public address is a machine on the internet with the cluster's identity on it. */
export const poolsPrivateNodes: ResourceRule = {
  id: "pools-private-nodes",
  title: "No node has a public address",
  severity: "mandatory",
  targets: BOTH,
  references: {
    cisAks: ["5.4.3"],
  },
  sees: "resource",
  types: POOL_TYPES,
  check: (resource) => checkPools(resource, (pool) => mustBe(pool, "enableNodePublicIP", false)),
};
