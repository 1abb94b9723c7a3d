import * as authorization from "@pulumi/azure-native/authorization";
import type * as pulumi from "@pulumi/pulumi";

export interface ClusterPolicyArgs {
  readonly clusterId: pulumi.Input<string>;
  readonly clusterName: string;
  /** Namespaces of this stack whose pods come from somebody else's template: the gateway's. */
  readonly excludedNamespaces: readonly string[];
}

// "Kubernetes cluster pod security restricted standards for Linux-based workloads" (Azure/azure-policy,
// PSPRestrictedStandard.json).
const RESTRICTED_PODS =
  "/providers/Microsoft.Authorization/policySetDefinitions/42b8ef37-b724-4e24-bbc8-7a7708edfe00";

/**
 * Namespaces of AKS and its add-ons: the initiative's own default, and those of application routing, its operator's
 * workloads and its Gateway API control plane (AKS, "Migrate from NGINX to the Gateway API", "Configure ingress with the
 * Kubernetes Gateway API").
 */
const SYSTEM_NAMESPACES = [
  "kube-system",
  "gatekeeper-system",
  "azure-arc",
  "azure-extensions-usage-system",
  "app-routing-system",
  "aks-istio-system",
];

/**
 * Azure Policy that lets only restricted pods into the cluster, regardless of who creates them. Besides what Kubernetes' own
 * `restricted` level wants, a pod must say its group, its fsGroup and its supplementalGroups, each 1 to 65535.
 *
 * On the cluster and not on its resource group, which it may share with others.
 */
export function restrictPods(
  name: string,
  args: ClusterPolicyArgs,
  opts: pulumi.CustomResourceOptions,
): authorization.PolicyAssignment {
  return new authorization.PolicyAssignment(
    name,
    {
      policyAssignmentName: "restricted-pods",
      displayName: `Restricted pods in ${args.clusterName}`,
      scope: args.clusterId,
      policyDefinitionId: RESTRICTED_PODS,
      enforcementMode: "Default",
      parameters: {
        effect: { value: "Deny" },
        excludedNamespaces: { value: [...SYSTEM_NAMESPACES, ...args.excludedNamespaces] },
      },
    },
    opts,
  );
}
