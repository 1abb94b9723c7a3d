import { documented, reported, unproved, type Assumption } from "./assumption";

/** AKS, its network and its registry. */
export const clusters = {
  "cluster-version-supported": {
    statement:
      "A cluster is created only with a Kubernetes version within AKS's support window (K8sVersionNotSupported).",
    evidence: documented("Microsoft Learn, Supported Kubernetes versions in AKS"),
    check: "GET of the region's kubernetesVersions",
    dependents: ["components/cluster.ts"],
  },
  "cluster-newest-patch": {
    statement: "A minor version means its newest patch, and the answer names both.",
    evidence: documented(
      "Microsoft Learn, Supported Kubernetes versions in AKS, alias minor version",
    ),
    check: "GET of the cluster: kubernetesVersion and currentKubernetesVersion",
    dependents: ["emulator/azure/outputs.ts"],
  },
  "cluster-new-pool-apart": {
    statement:
      "A PUT of an existing cluster with a pool that it does not have is refused; a new pool is a resource of its own.",
    evidence: reported("pulumi/pulumi-azure-native issue 2719"),
    check: "PUT of a cluster with one more entry in agentPoolProfiles",
    dependents: ["components/nodePool.ts"],
  },
  "cluster-lists-pools": {
    statement:
      "A cluster's answer lists all its pools, in alphabetical order, wherever they were declared.",
    evidence: reported(
      "hashicorp/terraform-provider-azurerm issues 4676 and 3835, pulumi-azure-native issue 1298",
    ),
    check: "GET of a cluster with a system pool named system and a user pool named apps",
    dependents: [
      "emulator/azure/clusterCalls.ts",
      "emulator/azure/clusterRefresh.ts",
      "review/listedPools.ts",
    ],
  },
  "cluster-immutable": {
    statement:
      "Private DNS zone, subnet, address ranges, outbound type and DNS prefix of a cluster cannot be changed after creation.",
    evidence: documented(
      "Microsoft Learn, Create a private AKS cluster; pulumi-azure-native 3.28, ManagedCluster",
    ),
    check: "preview of production with one of them changed says replace",
    dependents: ["emulator/azure/clusterTypes.ts"],
  },
  "cluster-gateway-api": {
    statement:
      "ingressProfile.gatewayAPI installs the Gateway API and its class approuting-istio, in stable API versions of 2026.",
    evidence: documented(
      "Microsoft Learn, Managed Gateway API on AKS; Azure/bicep-types-az, containerservice",
    ),
    check: "pulumi up of production, then kubectl get gatewayclass",
    dependents: ["components/gatewayApiProvider.ts"],
  },
  "cluster-gateway-api-old-put": {
    statement:
      "A PUT of the cluster by an API version without gatewayAPI leaves the setting as it is.",
    evidence: unproved(
      "endpoint-mirror-old-clients shows that Azure ML does otherwise with a property of its own",
    ),
    check:
      "with a cluster that has the setting: PUT its own body through API version 2025-09-01, then GET it through 2026-05-01",
    dependents: ["components/gatewayApi.ts"],
  },
  "cluster-user-credentials": {
    statement:
      "listClusterUserCredential gives a kubeconfig without a secret where local accounts are off; it needs its own action.",
    evidence: documented(
      "Microsoft Learn, Limit access to kubeconfig; Use Azure RBAC for Kubernetes authorization",
    ),
    check: "preview of production with the reading identity",
    dependents: ["components/kubeconfig.ts", "emulator/azure/clusterCalls.ts"],
  },
  "cluster-custom-resources": {
    statement:
      "Azure RBAC's built-in reader roles do not read custom resources such as Gateway and HTTPRoute.",
    evidence: documented("Microsoft Learn, Entra ID authorization for AKS"),
    check: "pulumi refresh of production with the reading identity",
    dependents: ["components/cluster.ts"],
  },
  "cluster-private-zone": {
    statement:
      "A cluster's identity needs Private DNS Zone Contributor on its zone and Network Contributor on its network before the cluster is made.",
    evidence: documented("Microsoft Learn, Create a private AKS cluster; Azure/AKS issue 3470"),
    check: "first pulumi up of production",
    dependents: ["components/clusterIdentity.ts"],
  },
  "cluster-outbound-type": {
    statement:
      "In a network of one's own the outbound type is loadBalancer, userAssignedNATGateway or userDefinedRouting.",
    evidence: documented("Microsoft Learn, Customize cluster egress with outbound types"),
    check: "first pulumi up of production",
    dependents: ["config/production/networkSettings.ts"],
  },
  "registry-private-tasks": {
    statement: "A registry without public access builds only on an agent pool in a network.",
    evidence: documented(
      "Microsoft Learn, Tasks network bypass policy; Azure/acr issues 662 and 762",
    ),
    check: "pulumi up of production with image.build: agentPool",
    dependents: ["components/image.ts"],
  },
  "network-inline-subnets": {
    statement: "A PUT of a network without its subnets deletes them.",
    evidence: reported("pulumi-azure-native issues 74, 611 and 3049"),
    check: "the second preview of production shows no change of the network",
    dependents: ["components/virtualNetwork.ts"],
  },
  "workload-identity-subject": {
    statement:
      "A pod with the label azure.workload.identity/use and a service account whose subject the federated credential names gets the identity's token.",
    evidence: documented("Microsoft Learn, Workload identity on AKS"),
    check: "a pod of production reads the features",
    dependents: ["components/workloadIdentity.ts"],
  },
} as const satisfies Readonly<Record<string, Assumption>>;
