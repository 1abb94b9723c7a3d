/**
 * How many addresses the cluster needs at its largest. Nodes have addresses in the network; pods have none there, since
 * the overlay gives every node a /24 of its own (AKS, "Azure CNI Overlay", IP address planning).
 */

/**
 * Nodes that a pool has on top during an upgrade, in percent; for pools in production AKS recommends 33 %
 * (AKS, "Configure rolling upgrades", max surge).
 */
export const MAX_SURGE_PERCENT = 33;

/** First four and last address of every subnet (Azure Virtual Network FAQ). */
export const RESERVED_PER_SUBNET = 5;

/** Most machines in a scale set; an upgrade that would need more is refused (AKS, "Configure rolling upgrades"). */
export const MOST_NODES_PER_POOL = 1000;

/** Prefix of the range that each node gets for its pods. */
const NODE_PREFIX = 24;

export interface PoolSize {
  readonly name: string;
  readonly maxCount: number;
}

/** Nodes on top of `maxCount` during an upgrade; AKS rounds up. */
export function surgeOf(maxCount: number): number {
  return Math.ceil((maxCount * MAX_SURGE_PERCENT) / 100);
}

/** Nodes of all pools when every pool is at its largest, and those on top when all are being upgraded. */
export function nodesOf(pools: readonly PoolSize[]): {
  readonly most: number;
  readonly surge: number;
} {
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    most: sum(pools.map(({ maxCount }) => maxCount)),
    surge: sum(pools.map(({ maxCount }) => surgeOf(maxCount))),
  };
}

/** Nodes for which a pod range has a /24. */
export function nodesWithin(podPrefix: number): number {
  return podPrefix > NODE_PREFIX ? 0 : 2 ** (NODE_PREFIX - podPrefix);
}

/** Prefix of the smallest pod range for this many nodes. */
export function podPrefixFor(nodes: number): number {
  return NODE_PREFIX - Math.ceil(Math.log2(nodes));
}

/**
 * Addresses that something in a subnet takes, without the reserved ones.
 * - apiServer: at least nine (AKS, "API Server VNet Integration").
 * - privateEndpoints: registry two (itself and its data endpoint; Container Registry, "Connect privately using Private
 *   Link"), vault, blob and dfs one each, and the blobs of the flow logs.
 * - gateway: the internal load balancer's frontend, with room for a second during a change.
 * - build: agents; Container Registry names no number, so there are some.
 */
export const ADDRESSES_WITHIN = {
  apiServer: 9,
  privateEndpoints: 6,
  gateway: 2,
  build: 8,
} as const;
