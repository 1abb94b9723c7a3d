import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Declared } from "../../preflight/declared";
import { exitCodeOf, reportText } from "../../preflight/report";
import {
  productionSettings,
  productionRun,
  sandboxRun,
  sandboxSettings,
  SUBSCRIPTION,
} from "../stacks";
import { VARIANTS } from "../productionVariants";
import {
  declaredBy,
  preflightOf,
  TENANT,
  withDocument,
  withItems,
  withList,
  withoutDocument,
  type Change,
} from "./subscriptions";

/**
 * Each prepared shortage is reported, and nothing beside it. Proves what preflight makes of ARM's documented answers, as the
 * emulator gives them; it does not prove that Azure answers so.
 */

type Stack = "sandbox" | "ownGroup" | "team" | "scaledTeam" | "private" | "production" | "hub";
const stacks = {} as Record<Stack, Declared>;

beforeAll(async () => {
  const ownGroup = { resourceGroup: { name: "rg", create: true } };
  const firewall = VARIANTS["behind a firewall"];
  const hub = VARIANTS["in a network of others"];
  stacks.sandbox = declaredBy(sandboxSettings(), await sandboxRun());
  stacks.ownGroup = declaredBy(sandboxSettings(ownGroup), await sandboxRun(ownGroup));
  const team = { workspace: { name: "mlw-team", resourceGroup: "rg-ml" } };
  stacks.team = declaredBy(sandboxSettings(team), await sandboxRun(team));
  const scaled = {
    ...team,
    autoscale: {
      green: { minInstances: 1, maxInstances: 2 },
    },
  };
  stacks.scaledTeam = declaredBy(sandboxSettings(scaled), await sandboxRun(scaled));
  const vnet = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-team`;
  const closed = {
    network: {
      level: "privateInbound",
      vnetId: vnet,
      subnetIds: { privateEndpoints: `${vnet}/subnets/private-endpoints` },
      privateDnsZoneIds: {
        blob: vnet.replace(
          "virtualNetworks/vnet-team",
          "privateDnsZones/privatelink.blob.core.windows.net",
        ),
      },
      imageBuild: { vmSize: "Standard_DS3_v2" },
    },
  };
  stacks.private = declaredBy(sandboxSettings(closed), await sandboxRun(closed));
  stacks.production = declaredBy(productionSettings(firewall), await productionRun(firewall));
  stacks.hub = declaredBy(productionSettings(hub), await productionRun(hub));
});

const STACKS: readonly Stack[] = [
  ...(["sandbox", "ownGroup", "team", "scaledTeam", "private", "production", "hub"] as const),
];
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`;
const RIGHTS = "/providers/Microsoft.Authorization/permissions";
const CONTRIBUTOR = {
  actions: ["*"],
  notActions: ["Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write"],
};
const ASSIGNER = { actions: ["Microsoft.Authorization/roleAssignments/write", "*/read"] };

const nameOf = (stack: Stack, type: string) =>
  stacks[stack].resources.find((one) => one.type === type)?.name ?? "";

/** Usages of one name have that limit and current value; the others have plenty. */
const limited =
  (end: string, matching: RegExp, currentValue: number, limit: number): Change =>
  (sound) =>
    withItems(end, (item) => {
      const usage = item as { readonly name: { readonly value: string } };
      return matching.test(usage.name.value) ? { ...usage, currentValue, limit } : usage;
    })(sound);

/** The existing network with another subnet, or other addresses. */
const network =
  (changed: (properties: Record<string, unknown>) => object): Change =>
  (sound) => {
    const document = sound.documents[stacks.hub.network?.id ?? ""] as {
      readonly properties: Record<string, unknown>;
    };
    const { properties } = document;
    const body = { ...document, properties: { ...properties, ...changed(properties) } };
    return withDocument("/virtualNetworks/vnet-hub", body)(sound);
  };
const subnet = (use: string, changed: object): Change =>
  network(({ subnets }) => ({
    subnets: (subnets as { readonly id: string; readonly properties: object }[]).map((one) =>
      one.id.endsWith(`/${use}`) ? { ...one, properties: { ...one.properties, ...changed } } : one,
    ),
  }));

/** The existing workspace with other properties. */
const workspace =
  (changed: object): Change =>
  (sound) => {
    const document = sound.documents[stacks.team.workspace?.id ?? ""] as { properties: object };
    const body = { ...document, properties: { ...document.properties, ...changed } };
    return withDocument("/workspaces/mlw-team", body)(sound);
  };

interface Shortage {
  readonly what: string;
  readonly stack: Stack;
  readonly check: string;
  readonly prepare: Change;
  /** What the report says of it. */
  readonly says: RegExp;
  readonly command: RegExp;
}

const shortages: readonly Shortage[] = [
  {
    what: "a missing workspace",
    stack: "team",
    check: "workspace",
    prepare: withoutDocument("/workspaces/mlw-team"),
    says: /there is no workspace mlw-team in rg-ml/,
    command: /^az ml workspace list --resource-group rg-ml/,
  },
  {
    what: "a workspace without a registry",
    stack: "team",
    check: "workspace",
    prepare: workspace({ containerRegistry: null }),
    says: /workspace mlw-team has no container registry yet/,
    command: /^az resource show --ids .*\/workspaces\/mlw-team$/,
  },
  {
    what: "a workspace where the signed-in identity may not create an endpoint",
    stack: "team",
    check: "permissions",
    prepare: withList(`/workspaces/mlw-team${RIGHTS}`, [ASSIGNER]),
    says: /may not do Microsoft.MachineLearningServices\/workspaces\/codes\/versions\/write/,
    command: /--scope .*\/workspaces\/mlw-team$/,
  },
  {
    what: "a subscription that is not seen",
    stack: "sandbox",
    check: "subscription",
    prepare: withoutDocument(SUBSCRIPTION),
    says: /cannot see the subscription/,
    command: /^az login/,
  },
  {
    what: "a subscription that may not be read",
    stack: "production",
    check: "subscription",
    prepare: () => ({
      refusals: { [`/subscriptions/${SUBSCRIPTION}`]: [403, "AuthorizationFailed"] },
    }),
    says: /cannot see the subscription/,
    command: /^az login/,
  },
  {
    what: "a subscription that is disabled",
    stack: "sandbox",
    check: "subscription",
    prepare: withDocument(SUBSCRIPTION, { displayName: "Test", state: "Disabled" }),
    says: /is Disabled/,
    command: /^az account subscription enable/,
  },
  {
    what: "another subscription than the named one",
    stack: "sandbox",
    check: "subscription",
    prepare: withDocument(SUBSCRIPTION, { displayName: "Others", state: "Enabled" }),
    says: /called "Others", and the settings say "Test"/,
    command: /^az account list/,
  },
  {
    what: "another tenant",
    stack: "sandbox",
    check: "tenant",
    prepare: withDocument(SUBSCRIPTION, { displayName: "Test", tenantId: "other" }),
    says: new RegExp(`tenant other, and ARM_TENANT_ID asks for ${TENANT}`),
    command: /^export ARM_TENANT_ID=other$/,
  },
  {
    what: "a missing resource group",
    stack: "sandbox",
    check: "resource-group",
    prepare: (sound) => ({
      ...withoutDocument("/resourceGroups/rg")(sound),
      lists: Object.fromEntries(
        Object.entries(sound.lists).filter(([path]) => path !== `${GROUP}${RIGHTS}`),
      ),
    }),
    says: /no resource group rg/,
    command: /^az group create --name rg --location canadacentral/,
  },
  {
    what: "a provider that is not registered",
    stack: "sandbox",
    check: "resource-provider",
    prepare: withDocument("/Microsoft.MachineLearningServices", {
      registrationState: "NotRegistered",
    }),
    says: /Microsoft.MachineLearningServices is not registered/,
    command: /^az provider register --namespace Microsoft.MachineLearningServices /,
  },
  {
    what: "a provider that an add-on uses",
    stack: "production",
    check: "resource-provider",
    prepare: withDocument("/Microsoft.PolicyInsights", { registrationState: "Unregistered" }),
    says: /Microsoft.PolicyInsights is unregistered/,
    command: /^az provider register --namespace Microsoft.PolicyInsights /,
  },
  {
    what: "encryption of hosts",
    stack: "production",
    check: "feature",
    prepare: withDocument("/features/EncryptionAtHost", { properties: { state: "NotRegistered" } }),
    says: /Microsoft.Compute\/EncryptionAtHost is NotRegistered/,
    command: /^az feature register --namespace Microsoft.Compute --name EncryptionAtHost /,
  },
  {
    what: "nodes without SSH",
    stack: "production",
    check: "feature",
    prepare: withoutDocument("/features/DisableSSHPreview"),
    says: /Microsoft.ContainerService\/DisableSSHPreview is unknown/,
    command: /^az feature register --namespace Microsoft.ContainerService /,
  },
  {
    what: "the plan of Defender",
    stack: "production",
    check: "defender-plan",
    prepare: withDocument("/pricings/Containers", { properties: { pricingTier: "Free" } }),
    says: /Defender for Containers is Free/,
    command: /^az security pricing create --name Containers --tier Standard/,
  },
  {
    what: "the right to make anything",
    stack: "sandbox",
    check: "permissions",
    prepare: withList(`/rg${RIGHTS}`, [{ actions: ["*/read"] }, ASSIGNER]),
    says: /role Contributor allows it/,
    command: new RegExp(`--role "Contributor" --scope ${GROUP}$`),
  },
  {
    what: "the right to assign roles",
    stack: "sandbox",
    check: "permissions",
    prepare: withList(`/rg${RIGHTS}`, [CONTRIBUTOR]),
    says: /Microsoft.Authorization\/roleAssignments\/write on .*Role Based Access Control Admin/,
    command: new RegExp(`--role "Role Based Access Control Administrator" --scope ${GROUP}$`),
  },
  {
    what: "the right to assign the cluster's policy",
    stack: "production",
    check: "permissions",
    prepare: withList(`/rg${RIGHTS}`, [CONTRIBUTOR, ASSIGNER]),
    says: /policyAssignments\/write on .*Resource Policy Contributor/,
    command: new RegExp(`--role "Resource Policy Contributor" --scope ${GROUP}$`),
  },
  {
    what: "the right to write the flow log",
    stack: "production",
    check: "permissions",
    prepare: withList(`/NetworkWatcher_canadacentral${RIGHTS}`, [{ actions: ["*/read"] }]),
    says: /networkWatchers\/flowLogs\/write on .*NetworkWatcher_canadacentral; the role Contributor/,
    command: /--role "Contributor" --scope .*\/networkWatchers\/NetworkWatcher_canadacentral$/,
  },
  {
    what: "the right to make the group and all in it",
    stack: "ownGroup",
    check: "permissions",
    prepare: withList(RIGHTS, [
      { actions: ["Microsoft.MachineLearningServices/*", "*/read"] },
      ASSIGNER,
    ]),
    says: new RegExp(`on /subscriptions/${SUBSCRIPTION}; the role Contributor`),
    command: new RegExp(`--role "Contributor" --scope /subscriptions/${SUBSCRIPTION}$`),
  },
  {
    what: "the right to join the hub's network",
    stack: "hub",
    check: "permissions",
    prepare: withList(`/vnet-hub${RIGHTS}`, [{ actions: ["*/read"] }, ASSIGNER]),
    says: /subnets\/join\/action on .*vnet-hub/,
    command: /--role "Contributor" --scope .*\/vnet-hub$/,
  },
  {
    what: "the name of the storage account",
    stack: "sandbox",
    check: "storage-name",
    prepare: () => taken("sandbox", "Microsoft.Storage/storageAccounts"),
    says: /name st\w+ of the storage account is not free/,
    command: /mlscore:generation/,
  },
  {
    what: "the name of the registry",
    stack: "sandbox",
    check: "registry-name",
    prepare: () => taken("sandbox", "Microsoft.ContainerRegistry/registries"),
    says: /name cr\w+ of the registry is not free/,
    command: /mlscore:generation/,
  },
  {
    what: "the name of the vault",
    stack: "production",
    check: "vault-name",
    prepare: () => taken("production", "Microsoft.KeyVault/vaults"),
    says: /name kv-\S+ of the key vault is not free/,
    command: /mlscore:generation/,
  },
  {
    what: "the name of a deleted vault",
    stack: "sandbox",
    check: "vault-deleted",
    prepare: (sound) => {
      const name = nameOf("sandbox", "Microsoft.KeyVault/vaults");
      const path = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.KeyVault/locations/canadacentral/deletedVaults/${name}`;
      const body = { properties: { scheduledPurgeDate: "2026-12-08T00:00:00Z" } };
      return {
        documents: { ...sound.documents, [path]: body },
        ...taken("sandbox", "Microsoft.KeyVault/vaults"),
      };
    },
    says: /soft-deleted and keeps its name until 2026-12-08/,
    command: /^az keyvault recover/,
  },
  {
    what: "the name of a deleted workspace",
    stack: "sandbox",
    check: "workspace-deleted",
    prepare: () => ({
      deletedWorkspaces: [nameOf("sandbox", "Microsoft.MachineLearningServices/workspaces")],
    }),
    says: /mlw-\S+: Soft-deleted workspace exists/,
    command: /mlscore:generation/,
  },
  {
    what: "the name of the endpoint",
    stack: "sandbox",
    check: "endpoint-name",
    prepare: (sound) =>
      withList("/resources", [
        { id: "/elsewhere/onlineEndpoints/other", location: "canadacentral" },
        { id: `/elsewhere/onlineEndpoints/${endpoint()}`, location: "eastus" },
        { id: `/others/onlineEndpoints/${endpoint()}`, location: "Canada Central" },
      ])(sound),
    says: /is taken in canadacentral by \/others\//,
    command: /^az resource show --ids \/others\//,
  },
  {
    what: "a size that the region has not",
    stack: "production",
    check: "node-size",
    prepare: withItems("/skus", (sku) => without(sku, "Standard_E8ds_v5")),
    says: /canadacentral does not offer Standard_E8ds_v5, the VM size of the pool spare/,
    command: /^az vm list-skus --location canadacentral --size Standard_E8ds_v5/,
  },
  {
    what: "a size that the subscription may not have",
    stack: "production",
    check: "node-size",
    prepare: withItems("/skus", (sku) =>
      restricted(sku, "Standard_E8ds_v5", {
        type: "Location",
        reasonCode: "NotAvailableForSubscription",
      }),
    ),
    says: /Standard_E8ds_v5 of the pool spare .*\(NotAvailableForSubscription\)/,
    command: /^az vm list-skus/,
  },
  {
    what: "a size that a zone may not have",
    stack: "production",
    check: "node-zone",
    prepare: withItems("/skus", (sku) =>
      restricted(sku, "Standard_E8ds_v5", {
        type: "Zone",
        restrictionInfo: { zones: ["3"] },
        reasonCode: "QuotaId",
      }),
    ),
    says: /not available in zone 3 of canadacentral/,
    command: /^az vm list-skus/,
  },
  {
    what: "cores of a family for nodes",
    stack: "production",
    check: "node-quota",
    prepare: limited(
      "/Microsoft.Compute/locations/canadacentral/usages",
      /^standardEDSv5Family$/,
      10,
      50,
    ),
    says: /spare \(4 \+ 2\) × 8 = 48 cores, and 50 − 10 used = 40 are free: 8 too few/,
    command: /--limit-object value=N$/,
  },
  {
    what: "cores of the region for nodes",
    stack: "production",
    check: "region-quota",
    // 23 × 4 + 6 × 8 = 140.
    prepare: limited("/Microsoft.Compute/locations/canadacentral/usages", /^cores$/, 1, 140),
    says: /system \(5 \+ 2\) × 4 \+ scoring \(12 \+ 4\) × 4 \+ spare \(4 \+ 2\) × 8 = 140 cores.*1 too few/,
    command: /--resource-name cores /,
  },
  {
    what: "a size that Azure ML has not",
    stack: "sandbox",
    check: "instance-size",
    prepare: withDocument("/vmSizes", {
      value: [{ name: "Standard_F4s_v2", family: "standardFSv2Family", vCPUs: 4 }],
    }),
    says: /does not offer \S+ in canadacentral, the instance type of/,
    command: /^az ml compute list-sizes/,
  },
  {
    what: "cores of a family for deployments",
    stack: "sandbox",
    check: "instance-quota",
    prepare: limited("MachineLearningServices/locations/canadacentral/usages", /Family/, 0, 1),
    says: /= \d+ cores, and 1 − 0 used = 1 are free/,
    command: /^az ml compute list-usage/,
  },
  {
    what: "cores for the machine that builds images",
    stack: "private",
    check: "instance-quota",
    prepare: limited(
      "MachineLearningServices/locations/canadacentral/usages",
      /DSv2.*Family/i,
      0,
      // 20 are for the deployments alone.
      23,
    ),
    says: /too small for all deployments and the image build together: .*\+ image-build-ds3-v2 × 4 = 24 cores, and 23 − 0 used = 23 are free/,
    command: /^az ml compute list-usage/,
  },
  {
    what: "autoscale settings in the group of an existing workspace",
    stack: "scaledTeam",
    check: "permissions",
    prepare: withList(`/resourceGroups/rg-ml${RIGHTS}`, [ASSIGNER]),
    says: /may not do Microsoft.Insights\/autoscaleSettings\/write on \S+\/resourceGroups\/rg-ml; the role Contributor allows it/,
    command: /--role "Contributor" --scope \S+\/resourceGroups\/rg-ml$/,
  },
  {
    what: "cores of the region for deployments",
    stack: "sandbox",
    check: "learning-quota",
    prepare: limited("MachineLearningServices/locations/canadacentral/usages", /^Total/, 500, 501),
    says: /quota of all cores .*⌈1.2 × \d⌉ = \d/,
    command: /^az ml compute list-usage/,
  },
  {
    what: "a Kubernetes version that is not offered",
    stack: "production",
    check: "kubernetes-version",
    prepare: withDocument("/kubernetesVersions", {
      values: [{ version: "1.36", capabilities: { supportPlan: ["KubernetesOfficial"] } }],
    }),
    says: /"1.37", which AKS does not offer in canadacentral; supported there: "1.36"/,
    command: /^az aks get-versions/,
  },
  {
    what: "the hub's network",
    stack: "hub",
    check: "network",
    prepare: withoutDocument("/virtualNetworks/vnet-hub"),
    says: /no network .*vnet-hub/,
    command: /^az network vnet show/,
  },
  {
    what: "a network in the region",
    stack: "hub",
    check: "network",
    prepare: (sound) => {
      const path = stacks.hub.network?.id ?? "";
      const document = { ...(sound.documents[path] as object), location: "eastus" };
      return withDocument("/virtualNetworks/vnet-hub", document)(sound);
    },
    says: /network is in eastus, and the stack in canadacentral/,
    command: /^az network vnet show/,
  },
  {
    what: "a subnet",
    stack: "hub",
    check: "subnet",
    prepare: network(({ subnets }) => ({ subnets: (subnets as unknown[]).slice(0, -1) })),
    says: /network has no subnet gateway/,
    command: /^az network vnet subnet create/,
  },
  {
    what: "the delegation of the API server's subnet",
    stack: "hub",
    check: "subnet-delegation",
    prepare: subnet("api-server", { delegations: [] }),
    says: /api-server is delegated to nothing, and has to be to Microsoft.ContainerService/,
    command: /--delegations Microsoft.ContainerService\/managedClusters$/,
  },
  {
    what: "a nodes' subnet that is delegated to others",
    stack: "hub",
    check: "subnet-delegation",
    prepare: subnet("nodes", {
      delegations: [{ properties: { serviceName: "Microsoft.Web/serverFarms" } }],
    }),
    says: /nodes is delegated to Microsoft.Web\/serverFarms, and has to be to nothing/,
    command: /--remove delegations$/,
  },
  {
    what: "a way out of the nodes' subnet",
    stack: "hub",
    check: "subnet-egress",
    prepare: subnet("nodes", { routeTable: null }),
    says: /nodes has no route table/,
    command: /--route-table ID$/,
  },
  {
    what: "room in the nodes' subnet",
    stack: "hub",
    check: "subnet-size",
    prepare: subnet("nodes", { addressPrefix: "10.60.0.0/28" }),
    says: /nodes has 11 addresses, .* 17 nodes \+ 6 during an upgrade/,
    command: /--address-prefixes RANGE$/,
  },
  {
    what: "addresses that a peered network has",
    stack: "hub",
    check: "address-overlap",
    prepare: network(() => ({
      virtualNetworkPeerings: [
        {
          name: "to-spoke",
          properties: { remoteAddressSpace: { addressPrefixes: ["10.244.128.0/20"] } },
        },
      ],
    })),
    says: /podCidr 10.244.0.0\/16 overlaps 10.244.128.0\/20 of the peered network to-spoke/,
    command: /^az network vnet show/,
  },
  {
    what: "a DNS zone of the hub",
    stack: "hub",
    check: "dns-zone",
    prepare: withoutDocument("/privatelink.vaultcore.azure.net"),
    says: /no zone .*privatelink.vaultcore.azure.net/,
    command: /^az network private-dns zone create --name privatelink.vaultcore.azure.net/,
  },
  {
    what: "the link of a DNS zone",
    stack: "hub",
    check: "dns-link",
    prepare: withList("/privatelink.azurecr.io/virtualNetworkLinks", []),
    says: /privatelink.azurecr.io is not linked to the network/,
    command: /^az network private-dns link vnet create --zone-name privatelink.azurecr.io/,
  },
  {
    what: "a policy that denies a type",
    stack: "sandbox",
    check: "policy",
    prepare: () => ({
      deniedTypes: { "Microsoft.KeyVault/vaults": "No vaults here" },
    }),
    says: /policy denies .*disallowed by policy 'No vaults here'/,
    command: /^az policy exemption create .* --policy-assignment \/assignments\/No vaults here /,
  },
  {
    what: "a policy that denies a type in a group of the stack's own",
    stack: "ownGroup",
    check: "policy",
    prepare: () => ({ deniedTypes: { "Microsoft.Resources/resourceGroups": "Groups by us" } }),
    says: /Groups by us/,
    command: /^az policy exemption create/,
  },
];

function taken(stack: Stack, type: string) {
  return { takenNames: { [type]: [nameOf(stack, type)] } };
}

function endpoint(): string {
  return nameOf("sandbox", "Microsoft.MachineLearningServices/workspaces/onlineEndpoints");
}

function without(item: unknown, name: string): unknown {
  return (item as { readonly name: string }).name === name ? null : item;
}

function restricted(item: unknown, name: string, restriction: object): unknown {
  const sku = item as { readonly name: string };
  return sku.name === name ? { ...sku, restrictions: [restriction] } : sku;
}

it.each(shortages)("$what is reported alone, in $stack", async (shortage) => {
  const { stack, check, prepare, says, command } = shortage;
  const result = await preflightOf(stacks[stack], prepare);
  expect(result.findings.map((one) => [one.check, one.kind])).toEqual([[check, "shortage"]]);
  expect(result.findings[0]?.missing).toMatch(says);
  expect(result.findings[0]?.command).toMatch(command);
  expect(exitCodeOf(result)).toBe(1);
});

describe("a sound subscription", () => {
  it.each(STACKS)("gives one line for %s", async (stack) => {
    const result = await preflightOf(stacks[stack]);
    expect(result.findings).toEqual([]);
    expect(exitCodeOf(result)).toBe(0);
    expect(reportText(stacks[stack].stack, "the emulator", result)).toMatch(
      /^\w+: nothing is missing \(\d+ checks, \d+ questions to the emulator\)$/,
    );
  });

  it.each(STACKS)("is only asked by reads, for %s", async (stack) => {
    const { recorded } = await preflightOf(stacks[stack]);
    expect(recorded.length).toBeGreaterThan(15);
    const others = recorded.filter(
      ({ method, path }) =>
        method !== "GET" &&
        !(method === "POST" && /\/(checknameavailability|validate)$/.test(path)),
    );
    expect(others).toEqual([]);
  });
});
