import { documented, reported, unproved, type Assumption } from "./assumption";

const MANAGED = "Microsoft Learn, Workspace managed virtual network isolation";
const PRIVATE_LINK = "Microsoft Learn, Configure a private endpoint for a workspace";

/** Networks around a workspace: who reaches it, and what it reaches. */
export const networks = {
  "registry-private-link-premium": {
    statement:
      "Only a Premium registry has private endpoints, and only there public access can be off.",
    evidence: documented("Microsoft Learn, Container Registry service tiers: private link"),
    check: "PUT of a private endpoint to a Standard registry",
  },
  "managed-network-rule-types": {
    statement:
      "Outbound rules for host names and service tags exist under AllowOnlyApprovedOutbound alone.",
    evidence: documented(MANAGED),
    check: "PUT of an FQDN rule in a workspace with AllowInternetOutbound",
  },
  "managed-network-required-rules": {
    statement:
      "The managed network makes its own rules to workspace, storage account, vault and registry, under AllowInternetOutbound for those without public access, and takes no second one to the same place.",
    evidence: reported(
      `Azure/azureml-examples pull request 2990 (a rule to this destination exists already); ${MANAGED}, list of required rules`,
    ),
    check: "PUT of a PrivateEndpoint rule to the default storage account's blob",
    dependents: ["config/packageRules.ts"],
  },
  "managed-network-rules-after-provisioning": {
    statement:
      "A service of the workspace whose public access goes off after the managed network was provisioned gets its required rule then.",
    evidence: unproved(
      `${MANAGED} says that a workspace that is public while the network is provisioned may get none and needs a rule by hand`,
    ),
    check:
      "list the outbound rules of a workspace after network.level goes from open to privateInbound",
    dependents: ["components/workspace.ts"],
  },
  "managed-network-tightened": {
    statement: "AllowInternetOutbound can become AllowOnlyApprovedOutbound.",
    evidence: unproved(
      `${MANAGED} names only the ways back as impossible; a note of the same page on serverless Spark says that it cannot`,
    ),
    check: "PATCH of a workspace from AllowInternetOutbound to AllowOnlyApprovedOutbound",
    dependents: ["config/networkLevel.ts"],
  },
  "managed-network-old-endpoints": {
    statement:
      "An endpoint that was made while the managed network was Disabled has to be deleted and made again once there is one.",
    evidence: documented(`${MANAGED}, migration of compute resources`),
    check: "requests to such an endpoint after the network is provisioned",
    dependents: ["config/levelGuard.ts"],
  },
  "endpoint-legacy-workspace": {
    statement: "A workspace with v1LegacyMode has no managed online endpoints.",
    evidence: documented("Microsoft Learn, Network isolation with managed online endpoints"),
    check: "PUT of an endpoint in a workspace with v1LegacyMode",
  },
  "endpoint-key-vault-bypass": {
    statement:
      "An endpoint with keys is created only where the firewall of the workspace's vault lets in trusted services.",
    evidence: documented("Microsoft Learn, Troubleshoot online endpoints deployment and scoring"),
    check: "PUT of an endpoint with keys where the vault's bypass is None",
    dependents: ["components/keyVault.ts"],
  },
  "endpoint-reopened": {
    statement:
      "Public access of an endpoint, a workspace, a storage account, a vault and a registry can be off and on again.",
    evidence: documented(
      `Microsoft Learn, Network isolation with managed online endpoints; ${PRIVATE_LINK}, enable public access`,
    ),
    check: "PUT of each with publicNetworkAccess Disabled, then Enabled",
    dependents: ["config/levelGuard.ts"],
  },
  "image-build-compute": {
    statement:
      "With a private registry only a compute cluster of the workspace builds images; the workspace may name it before it exists.",
    evidence: documented(
      `${PRIVATE_LINK}; Secure a workspace with virtual networks; Azure/azure-quickstart-templates, machine-learning-end-to-end-secure`,
    ),
    check: "first pulumi up of a sandbox with network.level privateInbound and imageBuild",
    dependents: ["components/imageBuildCompute.ts", "config/imageBuilds.ts"],
  },
  "image-build-identity": {
    statement:
      "The build cluster pushes images as the workspace, whose identity may, and needs no role of its own.",
    evidence: unproved("no document says whose identity pushes where the admin account is off"),
    check: "the first image that the cluster builds is in the registry",
    dependents: ["components/imageBuildCompute.ts"],
  },
  "compute-deletion": {
    statement: "azure-native deletes a compute cluster with its machines.",
    evidence: unproved(
      "ARM's DELETE asks for underlyingResourceAction (Delete or Detach), which azure-native's resource has no property for",
    ),
    check: "pulumi destroy of a sandbox with imageBuild, and GET of the cluster",
    dependents: ["components/imageBuildCompute.ts"],
  },
} as const satisfies Readonly<Record<string, Assumption>>;
