import { at, problem, items, mustBe, mustBeAtLeast, knownText } from "../inputChecks";
import { type PolicyResource, type RuleDefinition } from "../rule";

const AGENT_POOL = "azure-native:containerservice:AgentPool";

/** A node pool is a resource of its own or part of the cluster's body. */
const POOL_TYPES = [AGENT_POOL, "azure-native:containerservice:ManagedCluster"];

export const poolRules: readonly RuleDefinition[] = [
  // Ephemeral disks are on the host. Advisory: the subscription needs the feature EncryptionAtHost, which the stack
  // cannot register.
  {
    id: "pools-host-encryption",
    title: "Temporary disks and caches of nodes are encrypted on the host",
    severity: "advisory",
    references: { azurePolicy: ["41425d9f-d1a5-499a-9932-f8ed8453932c"] },
    types: POOL_TYPES,
    checkResource: checkPools((pool) => mustBe(pool, "enableEncryptionAtHost", true)),
  },
  // Anyone on a node has its identity and the secrets of every pod; AKS's `debug` pods are recorded in the API
  // server's audit log.
  {
    id: "pools-no-ssh",
    title: "SSH access to nodes is disabled",
    references: { other: ["AKS, Manage SSH for secure access to nodes"] },
    types: POOL_TYPES,
    checkResource: checkPools((pool) => mustBe(pool, "securityProfile.sshAccess", "Disabled")),
  },
  // One for each zone, so that two remain when a zone fails. Advisory: a spare pool may be empty until it is needed.
  {
    id: "pools-node-counts",
    title: "Every pool has three nodes or more",
    severity: "advisory",
    references: { psrule: ["Azure.AKS.MinNodeCount", "Azure.AKS.MinUserPoolNodes"] },
    types: POOL_TYPES,
    checkResource: checkPools((pool) => mustBeAtLeast(pool, "minCount", 3)),
  },
  // A node with a public address is a machine on the internet with the cluster's identity on it.
  {
    id: "pools-private-nodes",
    title: "No node has a public address",
    references: { cisAks: ["5.4.3"] },
    types: POOL_TYPES,
    checkResource: checkPools((pool) => mustBe(pool, "enableNodePublicIP", false)),
  },
  // A node starts only signed software, and its virtual TPM measures what it started. Either one without the other
  // gives only part of the protection.
  {
    id: "pools-trusted-launch",
    title: "Nodes have secure boot and a virtual TPM",
    references: { other: ["AKS, Trusted Launch"] },
    types: POOL_TYPES,
    checkResource: checkPools((pool) => [
      ...mustBe(pool, "securityProfile.enableSecureBoot", true),
      ...mustBe(pool, "securityProfile.enableVTPM", true),
    ]),
  },
  // A pool in one zone fails with the zone. Advisory: some regions and VM sizes have fewer zones.
  {
    id: "pools-zones",
    title: "Every pool spans zones",
    severity: "advisory",
    references: { psrule: ["Azure.AKS.AvailabilityZone"] },
    types: POOL_TYPES,
    checkResource: checkPools((pool) =>
      items(at(pool, "availabilityZones")).length >= 2
        ? []
        : [problem("availabilityZones", at(pool, "availabilityZones"), "two zones or more")],
    ),
  },
];

/** A check of each pool of a resource. For pools in a cluster's body, messages start with the pool's name. */
function checkPools(check: (pool: unknown) => readonly string[]) {
  return ({ type, inputs }: PolicyResource): readonly string[] => {
    if (type === AGENT_POOL) return check(inputs);
    const pools = items(inputs["agentPoolProfiles"]);
    if (pools.length === 0) {
      return [
        problem("agentPoolProfiles", inputs["agentPoolProfiles"], "a list with the system pool"),
      ];
    }
    return pools.flatMap((pool, index) => {
      const name = knownText(pool, "name") ?? String(index);
      return check(pool).map((message) => `pool ${name}: ${message}`);
    });
  };
}
