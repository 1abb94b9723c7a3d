import { BOTH, type ResourceRule } from "../../rule";

/** Patches that AKS chooses, what the split writes for its endpoint, and what Azure writes by itself. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "azure-native:containerregistry:TaskRun": ["runRequest.sourceLocation"],
  "azure-native:containerservice:ManagedCluster": ["kubernetesVersion"],
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

/** An item of a list by its place, or every one. */
const BY_POSITION = /\[/;

/**
 * What a program ignores, it no longer guards: with `publicNetworkAccess` in the list nobody would put it back.
 * Names are to the letter, so `*` is never among them. Nothing is ignored by its place in a list: Azure answers lists
 * in an order of its own, and after a refresh the place is another item's (terraform-provider-azurerm issue 4676).
 */
export const ignoredChanges: ResourceRule = {
  id: "ignored-changes",
  title: "Only what Azure changes by itself is ignored",
  severity: "mandatory",
  targets: BOTH,
  references: {
    other: ["Pulumi, resource option ignoreChanges", "terraform-provider-azurerm issue 4676"],
  },
  sees: "resource",
  types: "all",
  check: ({ type, ignoreChanges }) => {
    const allowed = Object.hasOwn(ALLOWED, type) ? ALLOWED[type] : undefined;
    return ignoreChanges
      .filter((path) => allowed?.includes(path) !== true)
      .map((path) =>
        BY_POSITION.test(path)
          ? `ignores changes of ${path} by its place in a list, and Azure answers lists in an order of its own`
          : `ignores changes of ${path}, which nobody else looks after`,
      );
  },
};
