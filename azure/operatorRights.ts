import { CLUSTER, CONTAINER, GROUP_SCOPE, SUBSCRIPTION_SCOPE, type Right } from "./right";

/** What a hub owns and the settings name. */
const HUB = "the hub's network and zones, where `vnetId` or `privateDnsZoneIds` name them";
/** What the owner of a workspace grants. */
const TEAM_WORKSPACE =
  "the existing workspace and its storage account, where `workspace` names one";
/** Azure's own resource, outside the stack's group. */
const WATCHER = "network watcher of the region, in `NetworkWatcherRG`";

/** Both identities decrypt the state's secrets. */
const STATE_SECRETS: Omit<Right, "who"> = {
  stack: "both",
  role: "Key Vault Crypto User",
  scope: "key of the state's secrets",
  why: "its secrets",
};

/** Of the identity that previews the stacks; the exact role for a scope, in the order of the document. */
export const readingRights: readonly Omit<Right, "who">[] = [
  { stack: "both", role: "Reader", scope: GROUP_SCOPE, why: "look-ups, refresh" },
  {
    stack: "both",
    role: "Storage Blob Data Reader",
    scope: "container of the state",
    why: "the state",
  },
  STATE_SECRETS,
  {
    stack: "sandbox",
    role: "Storage Blob Data Reader",
    scope: "container `assets`",
    grantedOn: CONTAINER,
    why: "refresh of uploads",
  },
  {
    stack: "sandbox",
    role: "Reader",
    scope: TEAM_WORKSPACE,
    why: "look-ups, refresh of endpoint and assets",
  },
  {
    stack: "production",
    role: "Reader",
    scope: WATCHER,
    why: "refresh of the flow log",
  },
  {
    stack: "production",
    role: "Azure Kubernetes Service Cluster User Role",
    scope: "cluster",
    grantedOn: CLUSTER,
    why: "the kubeconfig",
  },
  {
    stack: "production",
    role: "Azure Kubernetes Service RBAC Reader",
    scope: "cluster",
    grantedOn: CLUSTER,
    why: "objects in the cluster",
  },
  {
    stack: "production",
    role: "Role `preview-reader`",
    scope: "both namespaces",
    grantedOn: "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    why: "Gateway, HTTPRoute, roles",
  },
];

/** Of the identity that updates the stacks. */
export const deployingRights: readonly Omit<Right, "who">[] = [
  {
    stack: "both",
    role: "Contributor",
    scope: GROUP_SCOPE,
    why: "every resource, traffic",
  },
  {
    stack: "both",
    role: "Role Based Access Control Administrator",
    scope: GROUP_SCOPE,
    why: "the grants below; limit it to their roles",
  },
  {
    stack: "both",
    role: "Reader",
    scope: SUBSCRIPTION_SCOPE,
    why: "`npm run preflight`, versions of Kubernetes",
  },
  {
    stack: "sandbox",
    role: "Contributor",
    scope: TEAM_WORKSPACE,
    why: "endpoint, assets, datastore and container there",
  },
  {
    stack: "sandbox",
    role: "Role Based Access Control Administrator",
    scope: `${TEAM_WORKSPACE}, and on its registry`,
    why: "the roles of the endpoint's identity",
  },
  {
    stack: "sandbox",
    role: "Contributor",
    scope: "the group of the workspace, where `workspace` names one and `autoscale` is set",
    why: "the autoscale settings, which lie beside the workspace",
  },
  {
    stack: "sandbox",
    role: "User Access Administrator",
    scope: "the group of the workspace, where `callers` are set and `callerRole` is not",
    why: "the role of the callers",
  },
  {
    stack: "production",
    role: "Resource Policy Contributor",
    scope: GROUP_SCOPE,
    why: "the policy of the cluster",
  },
  {
    stack: "production",
    role: "Contributor",
    scope: WATCHER,
    why: "the flow log, unless `network.flowLogs` is `false`",
  },
  {
    stack: "both",
    role: "Contributor",
    scope: HUB,
    why: "subnets, private endpoints, links, records",
  },
  {
    stack: "production",
    role: "Role Based Access Control Administrator",
    scope: HUB,
    why: "the control plane's roles there",
  },
  {
    stack: "both",
    role: "Storage Blob Data Contributor",
    scope: "container of the state",
    why: "the state",
  },
  STATE_SECRETS,
  {
    stack: "sandbox",
    role: "Storage Blob Data Contributor",
    scope: "container `assets`",
    grantedOn: CONTAINER,
    why: "uploads; as one of `deployers`",
  },
  {
    stack: "production",
    role: "Azure Kubernetes Service RBAC Cluster Admin",
    scope: "cluster",
    why: "objects in the cluster; in one of `cluster.adminGroupObjectIds`",
  },
];
