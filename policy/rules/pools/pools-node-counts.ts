import { checkPools, POOL_TYPES } from "../../pools";
import { BOTH, type ResourceRule } from "../../rule";
import { mustBeAtLeast } from "../../inputChecks";

/**
 * One for each zone, so that the loss of a zone leaves two. Advisory: a spare pool may be empty until it is needed.
 */
export const poolsNodeCounts: ResourceRule = {
  id: "pools-node-counts",
  title: "Every pool has three nodes or more",
  severity: "advisory",
  targets: BOTH,
  references: {
    psrule: ["Azure.AKS.MinNodeCount", "Azure.AKS.MinUserPoolNodes"],
  },
  sees: "resource",
  types: POOL_TYPES,
  check: (resource) => checkPools(resource, (pool) => mustBeAtLeast(pool, "minCount", 3)),
};
