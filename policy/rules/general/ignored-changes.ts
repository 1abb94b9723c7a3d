import { BOTH, type ResourceRule } from "../../rule";

/** Numbers and patches that AKS chooses, what the split writes for its endpoint, and what Azure writes by itself. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "azure-native:containerregistry:TaskRun": ["runRequest.sourceLocation"],
  "azure-native:containerservice:AgentPool": ["count", "orchestratorVersion"],
  "azure-native:containerservice:ManagedCluster": [
    "agentPoolProfiles[0].count",
    "agentPoolProfiles[0].orchestratorVersion",
    "kubernetesVersion",
  ],
  "azure-native:machinelearningservices:OnlineEndpoint": [
    "properties.description",
    "properties.mirrorTraffic",
    "properties.properties",
    "properties.publicNetworkAccess",
    "properties.traffic",
    "tags",
  ],
  "azure-native:machinelearningservices:Workspace": [
    "managedNetwork.outboundRules",
    "managedNetwork.status",
  ],
};

/**
 * What a program ignores, it no longer guards: with `publicNetworkAccess` in the list nobody would put it back.
 * Names are to the letter, so `*` is never among them.
 */
export const ignoredChanges: ResourceRule = {
  id: "ignored-changes",
  title: "Only what Azure changes by itself is ignored",
  severity: "mandatory",
  targets: BOTH,
  references: {
    other: ["Pulumi, resource option ignoreChanges"],
  },
  sees: "resource",
  types: "all",
  check: ({ type, ignoreChanges }) => {
    const allowed = Object.hasOwn(ALLOWED, type) ? ALLOWED[type] : undefined;
    return ignoreChanges
      .filter((path) => allowed?.includes(path) !== true)
      .map((path) => `ignores changes of ${path}, which nobody else looks after`);
  },
};
