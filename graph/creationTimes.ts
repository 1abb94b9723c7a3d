/** How long Azure typically takes to create what a stack declares. For comparing schedules, not for promises. */
import type { DeclaredResource } from "./program";

interface CreationTime {
  readonly seconds: number;
  /** Where it was measured or written; undefined: a guess, by the size of the kind. */
  readonly source?: string;
}

const TERRAFORM_LOGS = "logs of terraform apply in public repositories, median";

/** By the type's name, without provider and version. What is not named takes DEFAULT_SECONDS. */
const TIMES: Readonly<Record<string, CreationTime>> = {
  ResourceGroup: { seconds: 2, source: TERRAFORM_LOGS },
  RoleAssignment: { seconds: 25, source: `${TERRAFORM_LOGS} of three: 25 s, 25 s, 26 s` },
  Registry: { seconds: 28, source: `${TERRAFORM_LOGS} of two: 28 s, 60 s, the lower` },
  VirtualNetwork: {
    seconds: 9,
    source: `${TERRAFORM_LOGS}, and Azure/terraform-azurerm-aks pull request 76`,
  },
  ManagedCluster: {
    seconds: 258,
    source: `${TERRAFORM_LOGS} of seven: 3 min 39 s to 8 min 24 s`,
  },
  OnlineEndpoint: { seconds: 93, source: "Azure/azureml-examples issue 1891: 1 min 33 s" },
  OnlineDeployment: {
    seconds: 900,
    source:
      "Azure/azureml-examples issue 3515: 12 to 18 minutes for an instance; Azure ML, prompt flow, " +
      "how-to-deploy-to-code: up to 20 minutes with a new environment",
  },
  TrafficSplit: { seconds: 30 },
  // Azure ML's workspace and what it is made of.
  Vault: { seconds: 15 },
  StorageAccount: { seconds: 25 },
  Component: { seconds: 10 },
  AssetUpload: { seconds: 20 },
  ModelVersion: { seconds: 1, source: "Azure/azureml-examples issue 903: 1 s" },
  CodeVersion: { seconds: 1, source: "Azure/azureml-examples issue 903: 1 s" },
  EnvironmentVersion: { seconds: 6, source: "Azure/azureml-examples issue 903: 6 s" },
  // Of the network.
  PrivateEndpoint: { seconds: 60 },
  PrivateDnsZoneGroup: { seconds: 30 },
  PrivateZone: { seconds: 40 },
  VirtualNetworkLink: { seconds: 40 },
  NatGateway: { seconds: 15 },
  ManagedNetworkSettingsRule: { seconds: 30 },
  // Of the cluster, and in it.
  AgentPool: { seconds: 180 },
  GatewayApi: { seconds: 90 },
  PrometheusRuleGroup: { seconds: 10 },
  Image: { seconds: 240 },
  Deployment: { seconds: 90 },
  Gateway: { seconds: 60 },
};

/** A guess: most calls to ARM are answered at once, or after one question whether it is done. */
const DEFAULT_SECONDS = 5;

/** Both are of one type name. */
const WORKSPACES: Readonly<Record<string, CreationTime>> = {
  "azure-native:machinelearningservices:Workspace": { seconds: 60 },
  "azure-native:operationalinsights:Workspace": { seconds: 30 },
};

/** Nothing for a component, and as good as nothing for an object in Kubernetes. */
export function creationSeconds({ type, custom }: DeclaredResource): number {
  if (!custom) return 0;
  const name = type.split(":").at(-1) ?? "";
  const known = WORKSPACES[type] ?? TIMES[name];
  return known?.seconds ?? (type.startsWith("kubernetes:") ? 1 : DEFAULT_SECONDS);
}
