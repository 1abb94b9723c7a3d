/** What a role allows: patterns of actions, less those that it takes back. Case does not count. */
export interface RoleActions {
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
}

const AKS = "Microsoft.ContainerService/managedClusters";
const BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers";

/**
 * Built-in roles that the identity running the program needs, as far as it uses them (Azure built-in roles: General, Storage,
 * Containers, Security).
 */
export const roleActions = {
  Reader: { actions: ["*/read"] },
  Contributor: {
    actions: ["*"],
    notActions: [
      "Microsoft.Authorization/*/Delete",
      "Microsoft.Authorization/*/Write",
      "Microsoft.Authorization/elevateAccess/Action",
    ],
  },
  "Role Based Access Control Administrator": {
    actions: [
      "Microsoft.Authorization/roleAssignments/write",
      "Microsoft.Authorization/roleAssignments/delete",
      "*/read",
    ],
  },
  "User Access Administrator": {
    actions: [
      "Microsoft.Authorization/roleDefinitions/write",
      "Microsoft.Authorization/roleDefinitions/delete",
    ],
  },
  "Resource Policy Contributor": {
    actions: ["*/read", "Microsoft.Authorization/policyassignments/*"],
  },
  "Storage Blob Data Reader": {
    actions: [`${BLOBS}/read`],
    dataActions: [`${BLOBS}/blobs/read`],
  },
  "Storage Blob Data Contributor": {
    actions: [`${BLOBS}/read`],
    dataActions: [`${BLOBS}/blobs/read`, `${BLOBS}/blobs/write`, `${BLOBS}/blobs/delete`],
  },
  "Key Vault Crypto User": { dataActions: ["Microsoft.KeyVault/vaults/keys/decrypt/action"] },
  "Azure Kubernetes Service Cluster User Role": {
    actions: [`${AKS}/listClusterUserCredential/action`, `${AKS}/read`],
  },
  "Azure Kubernetes Service RBAC Cluster Admin": { dataActions: [`${AKS}/*`] },
  "Azure Kubernetes Service RBAC Reader": {
    dataActions: [
      "apps/deployments",
      "autoscaling/horizontalpodautoscalers",
      "configmaps",
      "limitranges",
      "namespaces",
      "networking.k8s.io/networkpolicies",
      "policy/poddisruptionbudgets",
      "resourcequotas",
      "serviceaccounts",
      "services",
    ].map((objects) => `${AKS}/${objects}/read`),
  },
  /** components/scoring/readers.ts, in the form in which Azure RBAC would name it. */
  "Role `preview-reader`": {
    dataActions: [
      "gateway.networking.k8s.io/gateways",
      "gateway.networking.k8s.io/httproutes",
      "rbac.authorization.k8s.io/roles",
      "rbac.authorization.k8s.io/rolebindings",
    ].map((objects) => `${AKS}/${objects}/read`),
  },
} as const satisfies Readonly<Record<string, RoleActions>>;

/** Whether a role allows an action: in its own list, and for an action on data in that of the data. */
export function allows(
  role: RoleActions,
  action: string,
  kind: "actions" | "dataActions",
): boolean {
  const covers = (pattern: string) => {
    const parts = pattern.split("*").map((part) => part.replace(/[.\\^$+?()[\]{}|]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`, "i").test(action);
  };
  const taken = kind === "actions" && role.notActions?.some(covers) === true;
  return !taken && role[kind]?.some(covers) === true;
}
