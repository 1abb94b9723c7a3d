import { CLUSTER, CONTAINER, type Right } from "./right";

const STORAGE = "Microsoft.Storage/storageAccounts";
const REGISTRY = "Microsoft.ContainerRegistry/registries";

/** One action, `onlineEndpoints/score/action` (components/callers.ts). */
export const CALLER_ROLE = "Role of the stack's own, or `callerRole`";

/** Of the identities that the stacks create, and of people and pipelines beside them. */
export const otherRights: readonly Right[] = [
  {
    who: "cluster administrators",
    stack: "production",
    role: "Azure Kubernetes Service RBAC Cluster Admin",
    scope: "cluster",
    grantedOn: CLUSTER,
    why: "everything in the cluster",
  },
  {
    who: "cluster administrators",
    stack: "production",
    role: "Azure Kubernetes Service Cluster User Role",
    scope: "cluster",
    grantedOn: CLUSTER,
    why: "the kubeconfig",
  },
  {
    who: "workspace",
    stack: "sandbox",
    // Azure ML, "Manage access to Azure Machine Learning workspaces", Azure AI Administrator role.
    role: "Azure AI Administrator",
    scope: "the stack's resource group",
    grantedBy: "Azure ML",
    why: "storage, vault, registry, images; system-assigned identity",
  },
  {
    who: "callers",
    stack: "sandbox",
    role: CALLER_ROLE,
    scope: "endpoint",
    grantedOn: "Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
    why: "scoring requests, with `auth_mode: aad_token`",
  },
  {
    who: "endpoint",
    stack: "sandbox",
    role: "AcrPull",
    scope: "registry",
    grantedOn: REGISTRY,
    why: "images of environments",
  },
  {
    who: "endpoint",
    stack: "sandbox",
    role: "Storage Blob Data Reader",
    scope: "storage account of the workspace",
    grantedOn: STORAGE,
    why: "code and models",
  },
  {
    who: "endpoint",
    stack: "sandbox",
    role: "AzureML Metrics Writer (preview)",
    scope: "workspace",
    grantedOn: "Microsoft.MachineLearningServices/workspaces",
    why: "metrics",
  },
  {
    who: "endpoint",
    stack: "sandbox",
    // Azure Monitor, "Microsoft Entra authentication for Application Insights".
    role: "Monitoring Metrics Publisher",
    scope: "Application Insights",
    grantedOn: "Microsoft.Insights/components",
    why: "metrics and traces of the scoring code, with `telemetry: azure_monitor`",
  },
  {
    who: "control plane",
    stack: "production",
    role: "Private DNS Zone Contributor",
    scope: "zone of the API server",
    grantedOn: "Microsoft.Network/privateDnsZones",
    why: "the API server's name",
  },
  {
    who: "control plane",
    stack: "production",
    role: "Network Contributor",
    scope: "network",
    grantedOn: "Microsoft.Network/virtualNetworks",
    why: "subnets, link of the zone",
  },
  {
    who: "control plane",
    stack: "production",
    role: "Managed Identity Operator",
    scope: "identity of the kubelet",
    grantedOn: "Microsoft.ManagedIdentity/userAssignedIdentities",
    why: "gives it to nodes",
  },
  {
    who: "kubelet",
    stack: "production",
    role: "AcrPull",
    scope: "registry",
    grantedOn: REGISTRY,
    why: "images",
  },
  {
    who: "scoring pods",
    stack: "production",
    role: "Storage Blob Data Reader",
    scope: "container `features`",
    grantedOn: CONTAINER,
    why: "features",
  },
  {
    who: "gateway",
    stack: "production",
    role: "Key Vault Secrets User",
    scope: "vault",
    grantedOn: "Microsoft.KeyVault/vaults",
    why: "certificate, where `certificateName` names one",
  },
  {
    who: "flow logs",
    stack: "production",
    role: "Storage Blob Data Contributor",
    scope: "storage account of the flow logs",
    grantedOn: STORAGE,
    why: "writes the records, unless `network.flowLogs` is `false`",
  },
  {
    who: "image pipeline",
    stack: "sandbox",
    role: "AcrPush",
    scope: "registry",
    why: "`image.yml`",
  },
  {
    who: "rollouts",
    stack: "production",
    // AKS, "Use Microsoft Entra ID authorization": the roles for namespaces leave custom resources out.
    role: "Azure Kubernetes Service RBAC Cluster Admin",
    scope: "cluster",
    why: "the HTTPRoute's weights; or a Role (rollout.md)",
  },
  {
    who: "rollouts",
    stack: "production",
    role: "Azure Kubernetes Service Cluster User Role",
    scope: "cluster",
    why: "the kubeconfig",
  },
  {
    who: "rollouts",
    stack: "production",
    // Microsoft Learn, "Query Prometheus metrics using the API and PromQL".
    role: "Monitoring Data Reader",
    scope: "Azure Monitor workspace",
    why: "the gateway's counters in a managed Prometheus",
  },
  {
    who: "certificate officers",
    stack: "production",
    role: "Key Vault Certificates Officer",
    scope: "vault",
    why: "create or import the certificate that `certificateName` names",
  },
  {
    who: "feature writers",
    stack: "production",
    role: "Storage Blob Data Contributor",
    scope: "container `features`",
    why: "the feature table",
  },
  {
    who: "conformance runs",
    stack: "sandbox",
    role: "Contributor",
    scope: "resource group of the run",
    why: "`npm run conformance -- --azure`",
  },
  {
    who: "conformance runs",
    stack: "sandbox",
    role: "Role Based Access Control Administrator",
    scope: "resource group of the run",
    why: "roles of the run's endpoints",
  },
  {
    who: "adoption",
    stack: "sandbox",
    role: "Reader",
    scope:
      "workspace of the endpoint; the subscription, where no `--resource-group` names its group",
    why: "`npm run adopt`; it calls no other action than reading",
  },
];
