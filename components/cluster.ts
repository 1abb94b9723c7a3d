import * as containerservice from "@pulumi/azure-native/containerservice";
import * as pulumi from "@pulumi/pulumi";
import type { ProductionNames } from "../config/names";
import type { ClusterSettings } from "../config/production/productionTypes";
import type { Principal } from "../config/principal";
import type { KubeletIdentity } from "./clusterIdentity";
import { resolvedName } from "./resolvedName";
import { clusterEndpoint, kubeloginKubeconfig } from "./kubeconfig";
import { versionIgnored, type LiveCluster } from "./liveCluster";
import { systemPoolProfile, userPools } from "./nodePool";
import type { RoleName } from "./roleDefinitions";
import { grantRoleToEach } from "./roles";

export interface ClusterArgs {
  readonly names: Pick<ProductionNames, "cluster" | "dnsPrefix" | "nodeResourceGroup">;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly settings: ClusterSettings;
  /** What runs already: see liveCluster.ts. */
  readonly live: LiveCluster;
  readonly subnetIds: {
    readonly nodes: pulumi.Input<string>;
    readonly apiServer: pulumi.Input<string>;
  };
  /** How the subnet of the nodes is routed to the outside. */
  readonly outboundType: "userAssignedNATGateway" | "userDefinedRouting";
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly dnsServiceIp: string;
  /** Zone `private.<location>.azmk8s.io`, or one below it. */
  readonly privateDnsZoneId: pulumi.Input<string>;
  readonly controlPlaneId: pulumi.Input<string>;
  readonly kubelet: KubeletIdentity;
  readonly logAnalyticsId: pulumi.Input<string>;
  /**
   * The same id, known before the workspace is made: azure-native completes `securityProfile` as a whole, so one unknown
   * in it would hide workload identity from policies in a first preview.
   */
  readonly defenderWorkspaceId: string;
  /** Who previews: they may get into the cluster and read what the built-in role for reading covers. */
  readonly readers: readonly Principal[];
  /** What has to be there before: the identities' roles, the way out of the network, the zone's link. */
  readonly ready: readonly pulumi.Resource[];
  readonly tags: Readonly<Record<string, string>>;
  readonly protect: boolean;
}

/**
 * Private AKS cluster to the level of the AKS baseline reference architecture: API server in the network, Entra
 * identities only, Azure RBAC, Cilium, patches by AKS in maintenance windows.
 */
export class Cluster extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  /** Issuer of the tokens that pods become Azure identities with. */
  readonly oidcIssuerUrl: pulumi.Output<string>;
  /** Uses the identity that is signed in to the Azure CLI; contains no secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Changes with every write of the cluster; unknown in the preview of one. */
  readonly etag: pulumi.Output<string>;
  /** Ready when the cluster, its pools and its administrators' roles are. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlscore:cluster:Cluster", name, {}, opts);
    const { settings, live, resourceGroupName } = args;
    const cluster = new containerservice.ManagedCluster(name, managedClusterBody(args), {
      parent: this,
      protect: args.protect,
      dependsOn: [...args.ready],
      // Patches are AKS's to raise. What it changes in the system pool is sent as it is: see nodePool.ts.
      ignoreChanges: versionIgnored(live.version, settings.kubernetesVersion)
        ? ["kubernetesVersion"]
        : [],
    });
    this.id = cluster.id;
    this.name = resolvedName(cluster, args.names.cluster);
    this.etag = cluster.eTag;

    const pools = userPools(
      name,
      {
        settings,
        live,
        clusterName: this.name,
        resourceGroupName,
        subnetId: args.subnetIds.nodes,
        tags: args.tags,
      },
      { parent: this },
    );
    const grants = [...this.administrators(name, args), ...this.readers(name, args)];
    this.ready = [cluster, ...pools, ...grants];

    // Looked up, because as an output it would be unknown in the preview of any change to the cluster.
    const which = { resourceName: this.name, resourceGroupName };
    this.oidcIssuerUrl = containerservice
      .getManagedClusterOutput(which, { parent: this })
      .apply(({ oidcIssuerProfile }) => oidcIssuerProfile?.issuerURL ?? "");
    this.kubeconfig = containerservice
      .listManagedClusterUserCredentialsOutput(which, { parent: this })
      .apply(({ kubeconfigs }) =>
        kubeloginKubeconfig(args.names.cluster, args.tenantId, clusterEndpoint(kubeconfigs)),
      );
    this.registerOutputs({
      id: this.id,
      name: this.name,
      oidcIssuerUrl: this.oidcIssuerUrl,
      kubeconfig: this.kubeconfig,
    });
  }

  /** The groups may fetch a kubeconfig and do everything inside the cluster; in Azure they get nothing else. */
  private administrators(name: string, args: ClusterArgs): pulumi.Resource[] {
    const roles = [
      { suffix: "admin", role: "Azure Kubernetes Service RBAC Cluster Admin" },
      { suffix: "user", role: "Azure Kubernetes Service Cluster User Role" },
    ] as const;
    const groups = args.settings.adminGroupObjectIds.map((objectId) => {
      return { objectId, principalType: "Group" } as const;
    });
    return this.grants(name, groups, roles, args);
  }

  /**
   * A preview fetches a kubeconfig and reads every object; what the built-in role leaves out, Gateway and HTTPRoute, is
   * granted inside the cluster (components/scoring/readers.ts).
   */
  private readers(name: string, args: ClusterArgs): pulumi.Resource[] {
    const roles = [
      { suffix: "reader", role: "Azure Kubernetes Service RBAC Reader" },
      { suffix: "reader-user", role: "Azure Kubernetes Service Cluster User Role" },
    ] as const;
    return this.grants(name, args.readers, roles, args);
  }

  private grants(
    name: string,
    principals: readonly Principal[],
    roles: readonly { readonly suffix: string; readonly role: RoleName }[],
    { subscriptionId }: ClusterArgs,
  ): pulumi.Resource[] {
    return roles.flatMap(({ suffix, role }) =>
      grantRoleToEach(
        `${name}-${suffix}`,
        principals,
        { role, scope: this.id, subscriptionId },
        { parent: this },
      ),
    );
  }
}

function managedClusterBody(args: ClusterArgs): containerservice.ManagedClusterArgs {
  const { names, settings, subnetIds, tags } = args;
  return {
    resourceName: names.cluster,
    resourceGroupName: args.resourceGroupName,
    location: args.location,
    sku: { name: "Base", tier: "Standard" },
    kubernetesVersion: settings.kubernetesVersion,
    dnsPrefix: names.dnsPrefix,
    nodeResourceGroup: names.nodeResourceGroup,
    // What is changed there by hand, AKS changes back or stumbles over.
    nodeResourceGroupProfile: { restrictionLevel: "ReadOnly" },
    agentPoolProfiles: [systemPoolProfile(settings, args.live, subnetIds.nodes, tags)],
    autoUpgradeProfile: { upgradeChannel: "patch", nodeOSUpgradeChannel: "NodeImage" },
    ...access(args),
    networkProfile: {
      networkPlugin: "azure",
      networkPluginMode: "overlay",
      networkDataplane: "cilium",
      networkPolicy: "cilium",
      loadBalancerSku: "standard",
      outboundType: args.outboundType,
      podCidr: args.podCidr,
      serviceCidr: args.serviceCidr,
      dnsServiceIP: args.dnsServiceIp,
    },
    securityProfile: {
      workloadIdentity: { enabled: true },
      // Images that no pod runs and that have known weaknesses go after a week.
      imageCleaner: { enabled: true, intervalHours: 168 },
      // Its sensor on the nodes; that the subscription has the plan is not this stack's to say.
      ...(settings.defender
        ? {
            defender: {
              logAnalyticsWorkspaceResourceId: args.defenderWorkspaceId,
              securityMonitoring: { enabled: true },
            },
          }
        : {}),
    },
    addonProfiles: {
      azurepolicy: { enabled: true },
      omsagent: {
        enabled: true,
        config: { logAnalyticsWorkspaceResourceID: args.logAnalyticsId, useAADAuth: "true" },
      },
      azureKeyvaultSecretsProvider: { enabled: true, config: { enableSecretRotation: "true" } },
      // Off by default; audits ask for the word (Checkov CKV_AZURE_8), as the AKS baseline has it.
      kubeDashboard: { enabled: false },
    },
    // Its operator brings the gateway's certificate from the vault; nginx, whose time is over, is left out.
    ingressProfile: {
      webAppRouting: { enabled: true, nginx: { defaultIngressControllerType: "None" } },
    },
    azureMonitorProfile: { metrics: { enabled: true } },
    // Nothing here keeps state in volumes.
    storageProfile: {
      blobCSIDriver: { enabled: false },
      diskCSIDriver: { enabled: false },
      fileCSIDriver: { enabled: false },
      snapshotController: { enabled: false },
    },
    tags,
  };
}

/** Who gets in, from where, and as whom the cluster acts. */
function access(args: ClusterArgs): Partial<containerservice.ManagedClusterArgs> {
  return {
    apiServerAccessProfile: {
      enablePrivateCluster: true,
      enablePrivateClusterPublicFQDN: false,
      enableVnetIntegration: true,
      subnetId: args.subnetIds.apiServer,
      privateDNSZone: args.privateDnsZoneId,
      // A way around the private network, for everybody with a role on the cluster.
      disableRunCommand: true,
    },
    identity: { type: "UserAssigned", userAssignedIdentities: [args.controlPlaneId] },
    identityProfile: { kubeletidentity: { ...args.kubelet } },
    enableRBAC: true,
    disableLocalAccounts: true,
    // Administrators have roles instead of a place in `adminGroupObjectIDs`, as in the AKS baseline: what one can see
    // and take away in one place is not granted in a second one.
    aadProfile: { managed: true, enableAzureRBAC: true, tenantID: args.tenantId },
    oidcIssuerProfile: { enabled: true },
  };
}
