import type { Rule } from "../rule";
import { datastoreWithoutCredentials } from "./azureml/datastore-without-credentials";
import { deploymentMinimumInstances } from "./azureml/deployment-minimum-instances";
import { deploymentPinnedAssets } from "./azureml/deployment-pinned-assets";
import { deploymentProbes } from "./azureml/deployment-probes";
import { endpointAuth } from "./azureml/endpoint-auth";
import { endpointEntraAuth } from "./azureml/endpoint-entra-auth";
import { endpointIdentity } from "./azureml/endpoint-identity";
import { endpointPublicAccessOff } from "./azureml/endpoint-public-access-off";
import { environmentImagePinned } from "./azureml/environment-image-pinned";
import { workspaceApprovedOutbound } from "./azureml/workspace-approved-outbound";
import { workspaceDatastoresByIdentity } from "./azureml/workspace-datastores-by-identity";
import { workspaceIsolation } from "./azureml/workspace-isolation";
import { workspacePublicAccessOff } from "./azureml/workspace-public-access-off";
import { noFoundationReplacement } from "./changes/no-foundation-replacement";
import { clusterAuditLogs } from "./cluster/cluster-audit-logs";
import { clusterAzureRbac } from "./cluster/cluster-azure-rbac";
import { clusterEntraId } from "./cluster/cluster-entra-id";
import { clusterIngressPrivate } from "./cluster/cluster-ingress-private";
import { clusterLocalAccountsOff } from "./cluster/cluster-local-accounts-off";
import { clusterMaintenanceWindows } from "./cluster/cluster-maintenance-windows";
import { clusterManagedIdentity } from "./cluster/cluster-managed-identity";
import { clusterNetworkPolicy } from "./cluster/cluster-network-policy";
import { clusterNodeImageChannel } from "./cluster/cluster-node-image-channel";
import { clusterOutbound } from "./cluster/cluster-outbound";
import { clusterPaidTier } from "./cluster/cluster-paid-tier";
import { clusterPolicyAddOn } from "./cluster/cluster-policy-add-on";
import { clusterPrivateApi } from "./cluster/cluster-private-api";
import { clusterRestrictedPods } from "./cluster/cluster-restricted-pods";
import { clusterRunCommandOff } from "./cluster/cluster-run-command-off";
import { clusterSecretRotation } from "./cluster/cluster-secret-rotation";
import { clusterUpgradeChannel } from "./cluster/cluster-upgrade-channel";
import { clusterWorkloadIdentity } from "./cluster/cluster-workload-identity";
import { ignoredChanges } from "./general/ignored-changes";
import { noContainerInstances } from "./general/no-container-instances";
import { noKeyValues } from "./general/no-key-values";
import { oneRegion } from "./general/one-region";
import { onlyReviewedTypes } from "./general/only-reviewed-types";
import { protectedFoundations } from "./general/protected-foundations";
import { requiredTags } from "./general/required-tags";
import { federationExact } from "./identity/federation-exact";
import { roleGroupsNotPeople } from "./identity/role-groups-not-people";
import { roleNarrowScope } from "./identity/role-narrow-scope";
import { roleNotBroad } from "./identity/role-not-broad";
import { rolePrincipalType } from "./identity/role-principal-type";
import { roleReviewed } from "./identity/role-reviewed";
import { gatewayInternal } from "./kubernetes/gateway-internal";
import { gatewayTls } from "./kubernetes/gateway-tls";
import { namespacesDefaultDeny } from "./kubernetes/namespaces-default-deny";
import { namespacesPodSecurity } from "./kubernetes/namespaces-pod-security";
import { objectsInOwnNamespace } from "./kubernetes/objects-in-own-namespace";
import { servicesInternal } from "./kubernetes/services-internal";
import { workloadsDisruptionBudget } from "./kubernetes/workloads-disruption-budget";
import { workloadsMinimumReplicas } from "./kubernetes/workloads-minimum-replicas";
import { diagnosticsPresent } from "./monitoring/diagnostics-present";
import { insightsEntraOnly } from "./monitoring/insights-entra-only";
import { insightsInWorkspace } from "./monitoring/insights-in-workspace";
import { logsLocalAuthOff } from "./monitoring/logs-local-auth-off";
import { logsRetention } from "./monitoring/logs-retention";
import { networkFlowLogs } from "./network/network-flow-logs";
import { networkOpenInbound } from "./network/network-open-inbound";
import { networkPrivateEndpoints } from "./network/network-private-endpoints";
import { networkPrivateNames } from "./network/network-private-names";
import { networkPrivateSubnets } from "./network/network-private-subnets";
import { networkPublicAddresses } from "./network/network-public-addresses";
import { networkSubnetRules } from "./network/network-subnet-rules";
import { imagesByDigest } from "./pods/images-by-digest";
import { imagesFromAzure } from "./pods/images-from-azure";
import { podsLimits } from "./pods/pods-limits";
import { podsNoApiToken } from "./pods/pods-no-api-token";
import { podsNoCapabilities } from "./pods/pods-no-capabilities";
import { podsNoEscalation } from "./pods/pods-no-escalation";
import { podsNoSecretVariables } from "./pods/pods-no-secret-variables";
import { podsNotPrivileged } from "./pods/pods-not-privileged";
import { podsNotRoot } from "./pods/pods-not-root";
import { podsOffTheHost } from "./pods/pods-off-the-host";
import { podsOwnAccount } from "./pods/pods-own-account";
import { podsProbes } from "./pods/pods-probes";
import { podsReadOnly } from "./pods/pods-read-only";
import { podsSeccomp } from "./pods/pods-seccomp";
import { podsSpread } from "./pods/pods-spread";
import { podsVolumes } from "./pods/pods-volumes";
import { poolsHostEncryption } from "./pools/pools-host-encryption";
import { poolsNoSsh } from "./pools/pools-no-ssh";
import { poolsNodeCounts } from "./pools/pools-node-counts";
import { poolsPrivateNodes } from "./pools/pools-private-nodes";
import { poolsTrustedLaunch } from "./pools/pools-trusted-launch";
import { poolsZones } from "./pools/pools-zones";
import { registryAdminUserOff } from "./registry/registry-admin-user-off";
import { registryAnonymousPullOff } from "./registry/registry-anonymous-pull-off";
import { registryExportsOff } from "./registry/registry-exports-off";
import { registryPublicAccessOff } from "./registry/registry-public-access-off";
import { storageContainersPrivate } from "./storage/storage-containers-private";
import { storageCrossTenantOff } from "./storage/storage-cross-tenant-off";
import { storageDoubleEncryption } from "./storage/storage-double-encryption";
import { storageFirewall } from "./storage/storage-firewall";
import { storageHttpsOnly } from "./storage/storage-https-only";
import { storageLocalUsersOff } from "./storage/storage-local-users-off";
import { storageMinimumTls } from "./storage/storage-minimum-tls";
import { storagePublicAccessOff } from "./storage/storage-public-access-off";
import { storagePublicBlobsOff } from "./storage/storage-public-blobs-off";
import { storageSharedKeysOff } from "./storage/storage-shared-keys-off";
import { storageSoftDelete } from "./storage/storage-soft-delete";
import { vaultFirewall } from "./vault/vault-firewall";
import { vaultPublicAccessOff } from "./vault/vault-public-access-off";
import { vaultPurgeProtection } from "./vault/vault-purge-protection";
import { vaultRbac } from "./vault/vault-rbac";
import { vaultSoftDelete } from "./vault/vault-soft-delete";

/** Every rule of the pack, by what it is about: one folder each. */
export const ruleGroups: Readonly<Record<string, readonly Rule[]>> = {
  Everything: [
    ignoredChanges,
    noContainerInstances,
    noKeyValues,
    oneRegion,
    onlyReviewedTypes,
    protectedFoundations,
    requiredTags,
  ],
  "Azure ML": [
    datastoreWithoutCredentials,
    deploymentMinimumInstances,
    deploymentPinnedAssets,
    deploymentProbes,
    endpointAuth,
    endpointEntraAuth,
    endpointIdentity,
    endpointPublicAccessOff,
    environmentImagePinned,
    workspaceApprovedOutbound,
    workspaceDatastoresByIdentity,
    workspaceIsolation,
    workspacePublicAccessOff,
  ],
  Changes: [noFoundationReplacement],
  Cluster: [
    clusterAuditLogs,
    clusterAzureRbac,
    clusterEntraId,
    clusterIngressPrivate,
    clusterLocalAccountsOff,
    clusterMaintenanceWindows,
    clusterManagedIdentity,
    clusterNetworkPolicy,
    clusterNodeImageChannel,
    clusterOutbound,
    clusterPaidTier,
    clusterPolicyAddOn,
    clusterPrivateApi,
    clusterRestrictedPods,
    clusterRunCommandOff,
    clusterSecretRotation,
    clusterUpgradeChannel,
    clusterWorkloadIdentity,
  ],
  "Identities and roles": [
    federationExact,
    roleGroupsNotPeople,
    roleNarrowScope,
    roleNotBroad,
    rolePrincipalType,
    roleReviewed,
  ],
  "Kubernetes objects": [
    gatewayInternal,
    gatewayTls,
    namespacesDefaultDeny,
    namespacesPodSecurity,
    objectsInOwnNamespace,
    servicesInternal,
    workloadsDisruptionBudget,
    workloadsMinimumReplicas,
  ],
  Monitoring: [
    diagnosticsPresent,
    insightsEntraOnly,
    insightsInWorkspace,
    logsLocalAuthOff,
    logsRetention,
  ],
  Network: [
    networkFlowLogs,
    networkOpenInbound,
    networkPrivateEndpoints,
    networkPrivateNames,
    networkPrivateSubnets,
    networkPublicAddresses,
    networkSubnetRules,
  ],
  Pods: [
    imagesByDigest,
    imagesFromAzure,
    podsLimits,
    podsNoApiToken,
    podsNoCapabilities,
    podsNoEscalation,
    podsNoSecretVariables,
    podsNotPrivileged,
    podsNotRoot,
    podsOffTheHost,
    podsOwnAccount,
    podsProbes,
    podsReadOnly,
    podsSeccomp,
    podsSpread,
    podsVolumes,
  ],
  "Node pools": [
    poolsHostEncryption,
    poolsNoSsh,
    poolsNodeCounts,
    poolsPrivateNodes,
    poolsTrustedLaunch,
    poolsZones,
  ],
  Registry: [
    registryAdminUserOff,
    registryAnonymousPullOff,
    registryExportsOff,
    registryPublicAccessOff,
  ],
  Storage: [
    storageContainersPrivate,
    storageCrossTenantOff,
    storageDoubleEncryption,
    storageFirewall,
    storageHttpsOnly,
    storageLocalUsersOff,
    storageMinimumTls,
    storagePublicAccessOff,
    storagePublicBlobsOff,
    storageSharedKeysOff,
    storageSoftDelete,
  ],
  Vault: [vaultFirewall, vaultPublicAccessOff, vaultPurgeProtection, vaultRbac, vaultSoftDelete],
};

export const rules: readonly Rule[] = Object.values(ruleGroups).flat();
