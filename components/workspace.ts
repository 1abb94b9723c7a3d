import * as keyvault from "@pulumi/azure-native/keyvault";
import * as machinelearningservices from "@pulumi/azure-native/machinelearningservices";
import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import type { IsolationMode } from "../config/isolationMode";
import type { OutboundRule } from "../config/networkTypes";
import { vaultProperties } from "./keyVault";
import { identityOnly } from "./identityOnly";
import { resolvedName } from "./resolvedName";
import { sendDiagnostics } from "./observability";

export interface WorkspaceArgs {
  readonly workspaceName: string;
  readonly storageAccountName: string;
  readonly keyVaultName: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly tenantId: pulumi.Input<string>;
  readonly registryId: pulumi.Input<string>;
  readonly applicationInsightsId: pulumi.Input<string>;
  readonly logAnalyticsId: pulumi.Input<string>;
  readonly isolationMode: IsolationMode;
  /** `private`: workspace, storage account and vault take no request from the internet. */
  readonly access: "public" | "private";
  /** Compute cluster of the workspace that builds images; missing: Azure ML chooses. */
  readonly imageBuildCompute?: string;
  /** By rule name. */
  readonly outboundRules: Readonly<Record<string, OutboundRule>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly protect: boolean;
}

/** The workspace that holds an endpoint, the stack's own or one that others own, with what belongs to it. */
export interface UsedWorkspace {
  readonly id: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly storageAccountId: pulumi.Output<string>;
  readonly storageAccountName: pulumi.Output<string>;
  readonly storageResourceGroupName: pulumi.Input<string>;
  readonly registryId: pulumi.Input<string>;
  /** Blob container for the stack's assets in that account. */
  readonly assetContainer: string;
  /** As whom Azure ML reads that container. */
  readonly datastoreIdentity: "WorkspaceSystemAssignedIdentity" | "WorkspaceUserAssignedIdentity";
  /** What has to be there before the first deployment. */
  readonly ready: readonly pulumi.Resource[];
  /**
   * What has to be there before the storage account can be reached.
   * @default nothing: it is public
   */
  readonly reachableAfter?: readonly pulumi.Resource[];
}

/**
 * Azure ML workspace with storage and vault of its own. Nothing in it is reached by a shared key: the storage
 * account refuses them, the system datastores use identities, the vault uses Azure RBAC.
 *
 * The storage account is never the ADLS Gen2 account with the features: a workspace cannot use one with a
 * hierarchical namespace (AzureTRE issue 1920).
 */
export class Workspace extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly storageAccountName: pulumi.Output<string>;
  readonly storageAccountId: pulumi.Output<string>;
  readonly storageResourceGroupName: pulumi.Input<string>;
  readonly keyVaultId: pulumi.Output<string>;
  readonly registryId: pulumi.Input<string>;
  readonly assetContainer = "assets";
  readonly datastoreIdentity = "WorkspaceSystemAssignedIdentity";
  /** Ready when the workspace and all its outbound rules are. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: WorkspaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlscore:workspace:Workspace", name, {}, opts);
    const guarded = { parent: this, protect: args.protect };
    const place = {
      resourceGroupName: args.resourceGroupName,
      location: args.location,
      tags: args.tags,
    };

    const storageAccount = workspaceStorage(`${name}-storage`, args, guarded);
    const vault = new keyvault.Vault(
      `${name}-key-vault`,
      {
        ...place,
        vaultName: args.keyVaultName,
        properties: vaultProperties(
          args.tenantId,
          args.access === "public" ? "public" : "privateWorkspace",
        ),
      },
      guarded,
    );
    const workspace = new machinelearningservices.Workspace(
      name,
      {
        ...place,
        workspaceName: args.workspaceName,
        identity: { type: "SystemAssigned" },
        storageAccount: storageAccount.id,
        keyVault: vault.id,
        applicationInsights: args.applicationInsightsId,
        containerRegistry: args.registryId,
        systemDatastoresAuthMode: "Identity",
        publicNetworkAccess: args.access === "public" ? "Enabled" : "Disabled",
        ...(args.imageBuildCompute === undefined
          ? {}
          : { imageBuildCompute: args.imageBuildCompute }),
        // Isolated endpoints are refused under the legacy mode (Azure ML, network isolation of managed online endpoints).
        v1LegacyMode: false,
        managedNetwork: { isolationMode: args.isolationMode },
        // A network that is provisioned lazily makes the first deployment wait about half an hour for it.
        provisionNetworkNow: args.isolationMode !== "Disabled",
      },
      // Azure writes the state of the network and its own rules into the same property (pulumi-azure-native issue 3225).
      { ...guarded, ignoreChanges: ["managedNetwork.status", "managedNetwork.outboundRules"] },
    );
    this.name = resolvedName(workspace, args.workspaceName);
    const rules = outboundRules(name, args, this.name, this);
    sendDiagnostics(
      `${name}-diagnostics`,
      { resourceId: workspace.id, logAnalyticsId: args.logAnalyticsId },
      { parent: this },
    );
    sendDiagnostics(
      `${name}-key-vault-diagnostics`,
      { resourceId: vault.id, logAnalyticsId: args.logAnalyticsId },
      { parent: this },
    );

    this.id = workspace.id;
    this.resourceGroupName = args.resourceGroupName;
    this.storageResourceGroupName = args.resourceGroupName;
    this.registryId = args.registryId;
    this.storageAccountName = resolvedName(storageAccount, args.storageAccountName);
    this.storageAccountId = storageAccount.id;
    this.keyVaultId = vault.id;
    this.ready = [workspace, ...rules];
    this.registerOutputs({ id: this.id, name: this.name });
  }
}

/** The workspace's default storage account. */
function workspaceStorage(
  name: string,
  { resourceGroupName, location, tags, storageAccountName, access }: WorkspaceArgs,
  opts: pulumi.CustomResourceOptions,
): storage.StorageAccount {
  return new storage.StorageAccount(
    name,
    {
      resourceGroupName,
      location,
      tags,
      accountName: storageAccountName,
      kind: "StorageV2",
      sku: { name: "Standard_LRS" },
      isHnsEnabled: false,
      ...identityOnly,
      ...storageAccess[access],
    },
    opts,
  );
}

/**
 * Public: open to the network, not to keys; only identities with a role get in. Both let in the services that Azure trusts,
 * with a role as well, as Azure ML asks for ("Workspace managed virtual network isolation", secured associated resources).
 */
const storageAccess = {
  public: {
    publicNetworkAccess: "Enabled",
    networkRuleSet: { bypass: "AzureServices", defaultAction: "Allow" },
  },
  private: {
    publicNetworkAccess: "Disabled",
    networkRuleSet: { bypass: "AzureServices", defaultAction: "Deny" },
  },
} as const;

/** One after the other: each rule rewrites the same managed network, and writing two at once is a conflict. */
function outboundRules(
  name: string,
  args: WorkspaceArgs,
  workspaceName: pulumi.Output<string>,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const rules: pulumi.Resource[] = [];
  for (const [ruleName, rule] of Object.entries(args.outboundRules)) {
    rules.push(
      new machinelearningservices.ManagedNetworkSettingsRule(
        `${name}-outbound-${ruleName}`,
        {
          ruleName,
          resourceGroupName: args.resourceGroupName,
          workspaceName,
          properties: outboundRuleProperties(rule),
        },
        { parent, dependsOn: rules.slice(-1) },
      ),
    );
  }
  return rules;
}

/** One outbound rule in the shape of ARM. */
function outboundRuleProperties(
  rule: OutboundRule,
): machinelearningservices.ManagedNetworkSettingsRuleArgs["properties"] {
  switch (rule.type) {
    case "FQDN":
      return { type: "FQDN", category: "UserDefined", destination: rule.destination };
    case "ServiceTag":
      return {
        type: "ServiceTag",
        category: "UserDefined",
        destination: {
          serviceTag: rule.serviceTag,
          protocol: rule.protocol,
          portRanges: rule.portRanges,
        },
      };
    case "PrivateEndpoint":
      return {
        type: "PrivateEndpoint",
        category: "UserDefined",
        destination: {
          serviceResourceId: rule.serviceResourceId,
          subresourceTarget: rule.subresourceTarget,
        },
      };
  }
}
