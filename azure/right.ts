/** Who has a right: those who run the program, and the identities that it creates. */
export type Identity =
  | "reading identity"
  | "deploying identity"
  | "callers"
  | "cluster administrators"
  | "image pipeline"
  | "certificate officers"
  | "rollouts"
  | "feature writers"
  | "conformance runs"
  | "adoption"
  | "workspace"
  | "endpoint"
  | "control plane"
  | "kubelet"
  | "scoring pods"
  | "gateway"
  | "flow logs";

/** One row of the table in docs/operations.md. */
export interface Right {
  readonly who: Identity;
  readonly stack: "sandbox" | "production" | "both";
  /** Name of the role as Azure, or the cluster, has it. */
  readonly role: string;
  /** Where it holds, for people. */
  readonly scope: string;
  /** ARM type of the scope, where the stack grants it. */
  readonly grantedOn?: string;
  /** Who else grants it; an administrator unless said. */
  readonly grantedBy?: string;
  /** What it is needed for. */
  readonly why: string;
}

/** Scope of what is read before an update and belongs to no resource group. */
export const SUBSCRIPTION_SCOPE = "subscription";
/** A stack that creates its group needs the roles before there is one. */
export const GROUP_SCOPE =
  "the stack's resource group; the subscription, where the stack makes the group";

/** ARM types of scopes. */
export const CLUSTER = "Microsoft.ContainerService/managedClusters";
export const CONTAINER = "Microsoft.Storage/storageAccounts/blobServices/containers";
