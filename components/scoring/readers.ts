import type * as k8s from "@pulumi/kubernetes/types/input";
import type * as pulumi from "@pulumi/pulumi";
import type { Principal } from "../../config/principal";
import { commonLabels } from "./labels";

/** Name of the Role and of its binding, in each namespace. */
const NAME = "preview-reader";

/**
 * What a preview reads in a namespace and *Azure Kubernetes Service RBAC Reader* leaves out: custom resources, which Azure
 * RBAC covers by a custom role alone (AKS, "Use Microsoft Entra ID authorization"), and roles with their bindings, these
 * two. Granted by Kubernetes' own RBAC, which holds beside Azure's (AKS, "Access and identity options", Azure RBAC for
 * Kubernetes authorization): a role in Azure would be for all custom resources of the cluster, and the deployer
 * would need the right to define roles.
 */
export function readerRoleBody(
  endpointName: string,
  namespace: pulumi.Input<string>,
): k8s.rbac.v1.Role {
  const verbs = ["get", "list", "watch"];
  return {
    metadata: { name: NAME, namespace, labels: commonLabels(endpointName) },
    rules: [
      { apiGroups: ["gateway.networking.k8s.io"], resources: ["gateways", "httproutes"], verbs },
      { apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles", "rolebindings"], verbs },
    ],
  };
}

/** Entra's groups and identities are known to AKS by their object id (AKS, "Use Kubernetes RBAC with Entra integration"). */
export function readerBindingBody(
  endpointName: string,
  namespace: pulumi.Input<string>,
  readers: readonly Principal[],
): k8s.rbac.v1.RoleBinding {
  return {
    metadata: { name: NAME, namespace, labels: commonLabels(endpointName) },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: NAME },
    subjects: readers.map(({ objectId, principalType }) => ({
      apiGroup: "rbac.authorization.k8s.io",
      kind: principalType === "Group" ? "Group" : "User",
      name: objectId,
    })),
  };
}
