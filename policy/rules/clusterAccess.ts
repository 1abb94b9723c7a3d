import { mayOnlyBe, mustBe, requires } from "../inputChecks";
import { type RuleDefinition } from "../rule";

const CLUSTER = "azure-native:containerservice:ManagedCluster";

export const clusterAccessRules: readonly RuleDefinition[] = [
  // Role bindings inside the cluster are not visible outside it. With Azure RBAC all rights are in one place and are
  // audited there.
  {
    id: "cluster-azure-rbac",
    title: "Azure roles control access to the cluster",
    references: {
      psrule: ["Azure.AKS.AzureRBAC", "Azure.AKS.UseRBAC"],
      cisAks: ["5.5.2"],
      azurePolicy: ["ac4a19c2-fa67-49b4-8ae5-0b2e78c49457"],
    },
    types: [CLUSTER],
    checkResource: ({ inputs }) => [
      ...mustBe(inputs, "enableRBAC", true),
      ...mustBe(inputs, "aadProfile.enableAzureRBAC", true),
    ],
  },
  // Without AKS-managed Entra ID, Azure RBAC has no users to grant roles to.
  {
    id: "cluster-entra-id",
    title: "The cluster authenticates users by Entra ID",
    references: {
      psrule: ["Azure.AKS.ManagedAAD"],
      cisAks: ["5.5.1"],
      azurePolicy: ["450d2877-ebea-41e8-b00c-e286317d21bf"],
    },
    types: [CLUSTER],
    checkResource: requires("aadProfile.managed", true),
  },
  // The local admin certificate is a shared credential for everything. It is valid for years, and stays valid when a
  // person who has it leaves.
  {
    id: "cluster-local-accounts-off",
    title: "The cluster has no local accounts",
    references: {
      psrule: ["Azure.AKS.LocalAccounts"],
      azurePolicy: ["993c2fcd-2b29-49d2-9eb0-df2c3a730c32"],
    },
    types: [CLUSTER],
    checkResource: requires("disableLocalAccounts", true),
  },
  // A service principal has a password that somebody must store and that expires. AKS writes the client id `msi`
  // where there is none.
  {
    id: "cluster-managed-identity",
    title: "The cluster uses a managed identity",
    references: {
      psrule: ["Azure.AKS.ManagedIdentity"],
      azurePolicy: ["da6e2401-19da-4532-9141-fb8fbde08431"],
    },
    types: [CLUSTER],
    checkResource: ({ inputs }) => [
      ...mustBe(inputs, "identity.type", "UserAssigned", "SystemAssigned"),
      ...mayOnlyBe(inputs, "servicePrincipalProfile.clientId", "msi"),
    ],
  },
  // Anyone who reaches the API server with a role on the cluster controls all pods. A private cluster can still have
  // a public DNS name that resolves to its private address and so reveals it to everybody.
  {
    id: "cluster-private-api",
    title: "The cluster's API server has no public address",
    references: {
      cisAks: ["5.4.1", "5.4.2"],
      azurePolicy: ["040732e8-d947-40b8-95d6-854c95024bf8"],
    },
    types: [CLUSTER],
    checkResource: ({ inputs }) => [
      ...mustBe(inputs, "apiServerAccessProfile.enablePrivateCluster", true),
      ...mustBe(inputs, "apiServerAccessProfile.enablePrivateClusterPublicFQDN", false),
    ],
  },
  // `az aks command invoke` bypasses the private network, for everybody with a role on the cluster.
  {
    id: "cluster-run-command-off",
    title: "Commands cannot be run in the cluster from outside its network",
    references: { azurePolicy: ["89f2d532-c53c-4f8f-9afa-4927b1114a0d"] },
    types: [CLUSTER],
    checkResource: requires("apiServerAccessProfile.disableRunCommand", true),
  },
  // Workload identity exchanges a pod's own token for one of Entra ID. It also needs the issuer; with either of them
  // off, access to Azure needs a secret or the node's identity, which every pod can use.
  {
    id: "cluster-workload-identity",
    title: "Pods use Azure identities without secrets",
    references: { cisAks: ["5.2.1"], azurePolicy: ["2cc2e023-0dac-4046-875b-178f683929d5"] },
    types: [CLUSTER],
    checkResource: ({ inputs }) => [
      ...mustBe(inputs, "securityProfile.workloadIdentity.enabled", true),
      ...mustBe(inputs, "oidcIssuerProfile.enabled", true),
    ],
  },
];
