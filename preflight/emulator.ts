import { versionsQuestion } from "../components/azureReads";
import { inProcess } from "../emulator/arm/httpClient";
import { azureType } from "../emulator/azure/azureStore";
import { OFFERED_VERSIONS } from "../emulator/azure/kubernetesVersions";
import { subscriptionReads, type SubscriptionReads } from "../emulator/subscription/app";
import type { PreparedSubscription } from "../emulator/subscription/app";
import { armBody } from "../render/armBody";
import { connect, type Arm } from "../traffic/arm";
import { cpusOf, cpusOfNumbered } from "../config/production/vmSizes";
import { permissionScopes } from "./checks/permissions";
import { machinesFor, type Declared, type ExistingNetwork } from "./declared";

/** Cores that the emulator's subscription has: more than any stack needs. */
const PLENTY = 10_000;

/** A subscription that has all that the stack needs, whatever that is: shortages are prepared by taking away. */
export function soundSubscription(declared: Declared, tenantId: string): PreparedSubscription {
  return {
    documents: {
      ...subscriptionDocuments(declared, tenantId),
      ...regionDocuments(declared),
      ...networkDocument(declared),
      ...workspaceDocuments(declared),
      ...Object.fromEntries(Object.values(declared.privateDnsZoneIds).map((id) => [id, { id }])),
    },
    lists: { ...permissionLists(declared), ...quotaLists(declared), ...zoneLinks(declared) },
    takenNames: {},
    deniedTypes: {},
    deletedWorkspaces: [],
    refusals: {},
  };
}

/** The subscription itself, its resource group, and what is registered in it. */
function subscriptionDocuments(
  { subscriptionId, subscriptionName, location, resourceGroup, resources }: Declared,
  tenantId: string,
): Record<string, unknown> {
  const base = `/subscriptions/${subscriptionId}`;
  const namespaces = new Set([
    ...resources.map(({ type }) => type.split("/")[0] ?? ""),
    "Microsoft.OperationsManagement",
    "Microsoft.PolicyInsights",
  ]);
  const features = [
    "Microsoft.Compute/EncryptionAtHost",
    "Microsoft.ContainerService/DisableSSHPreview",
  ];
  return {
    [base]: {
      id: base,
      subscriptionId,
      tenantId,
      displayName: subscriptionName ?? "Emulator",
      state: "Enabled",
    },
    ...(resourceGroup.create
      ? {}
      : { [resourceGroup.id]: { id: resourceGroup.id, name: resourceGroup.name, location } }),
    ...Object.fromEntries(
      [...namespaces].map((namespace) => [
        `${base}/providers/${namespace}`,
        { namespace, registrationState: "Registered" },
      ]),
    ),
    ...Object.fromEntries(
      features.map((feature) => {
        const [namespace = "", name = ""] = feature.split("/");
        const path = `${base}/providers/Microsoft.Features/providers/${namespace}/features/${name}`;
        return [path, { name: feature, properties: { state: "Registered" } }];
      }),
    ),
    [`${base}/providers/Microsoft.Security/pricings/Containers`]: {
      name: "Containers",
      properties: { pricingTier: "Standard" },
    },
  };
}

/** What the region offers. */
function regionDocuments(declared: Declared): Record<string, unknown> {
  const { subscriptionId, location } = declared;
  return {
    [`${learningIn(declared)}/vmSizes`]: {
      value: instanceSizes(declared).map((name) => ({
        name,
        family: familyOf(name),
        vCPUs: coresOf(name),
      })),
    },
    [versionsQuestion(subscriptionId, location).path]: {
      values: OFFERED_VERSIONS.map(({ version, isPreview, supportPlans }) => ({
        version,
        isPreview,
        capabilities: { supportPlan: supportPlans },
      })),
    },
  };
}

function permissionLists(declared: Declared): Record<string, readonly unknown[]> {
  const owner = [{ actions: ["*"], notActions: [], dataActions: [], notDataActions: [] }];
  return Object.fromEntries(
    permissionScopes(declared).map((scope) => [
      `${scope}/providers/Microsoft.Authorization/permissions`,
      owner,
    ]),
  );
}

function quotaLists(declared: Declared): Record<string, readonly unknown[]> {
  const { subscriptionId, location } = declared;
  const base = `/subscriptions/${subscriptionId}`;
  const nodeSizes = [...new Set(machinesFor(declared, "nodePool").map(({ size }) => size))];
  return {
    [`${base}/resources`]: [],
    [`${base}/providers/Microsoft.Compute/skus`]: nodeSizes.map((name) => ({
      resourceType: "virtualMachines",
      name,
      family: familyOf(name),
      locations: [location],
      locationInfo: [{ location, zones: ["1", "2", "3"] }],
      capabilities: [{ name: "vCPUs", value: String(coresOf(name)) }],
      restrictions: [],
    })),
    [`${base}/providers/Microsoft.Compute/locations/${location}/usages`]: [
      usage("cores", "Total Regional vCPUs"),
      ...families(nodeSizes).map((family) => usage(family, family)),
    ],
    [`${learningIn(declared)}/usages`]: [
      usage("Total Cluster Dedicated Regional vCPUs", "Total Cluster Dedicated Regional vCPUs"),
      ...families(instanceSizes(declared)).map((family) => {
        const name = `${family.replace(/^standard(\w+)Family$/, "Standard $1 Family")} Cluster Dedicated vCPUs`;
        return usage(name, name);
      }),
    ],
  };
}

function zoneLinks({ privateDnsZoneIds, network }: Declared): Record<string, readonly unknown[]> {
  return Object.fromEntries(
    Object.values(privateDnsZoneIds).map((id) => [
      `${id}/virtualNetworkLinks`,
      [{ properties: { virtualNetwork: { id: network?.id } } }],
    ]),
  );
}

function learningIn({ subscriptionId, location }: Declared): string {
  return `/subscriptions/${subscriptionId}/providers/Microsoft.MachineLearningServices/locations/${location}`;
}

function instanceSizes(declared: Declared): string[] {
  return [...new Set(machinesFor(declared, "deployment").map(({ size }) => size))];
}

/** The emulator in this process, as the ARM client asks it, with what it was asked. */
export function emulatedSubscription(prepared: PreparedSubscription): {
  readonly arm: Arm;
  readonly reads: SubscriptionReads;
} {
  const reads = subscriptionReads(prepared);
  const credential = {
    getToken: () => Promise.resolve({ token: "emulator", expiresOnTimestamp: Infinity }),
  };
  const url = "https://management.azure.com";
  const httpClient = inProcess(reads);
  return { arm: connect({ url, credential, httpClient, retryDelayMs: 0, pollDelayMs: 0 }), reads };
}

/** An existing workspace and what belongs to it, in ARM's form. */
function workspaceDocuments({ workspace }: Declared): Record<string, unknown> {
  const emulated = workspace?.emulated ?? [];
  return Object.fromEntries(
    emulated.map(({ id, token, inputs }) => [id, { id, ...armBody(azureType(token), inputs, id) }]),
  );
}

function networkDocument({ network, location }: Declared): Record<string, unknown> {
  if (network === undefined) return {};
  return {
    [network.id]: {
      id: network.id,
      location,
      properties: {
        addressSpace: { addressPrefixes: ["10.60.0.0/16"] },
        subnets: Object.entries(network.subnetIds).map(([use, id], place) =>
          subnet(use, id, place, network),
        ),
        virtualNetworkPeerings: [],
      },
    },
  };
}

function subnet(use: string, id: string, place: number, { egress }: ExistingNetwork): object {
  const delegation = { properties: { serviceName: "Microsoft.ContainerService/managedClusters" } };
  return {
    id,
    properties: {
      addressPrefix: `10.60.${String(place * 4)}.0/22`,
      delegations: use === "apiServer" ? [delegation] : [],
      ...(egress === "firewall" ? { routeTable: { id: "rt" } } : { natGateway: { id: "ng" } }),
    },
  };
}

function usage(value: string, localizedValue: string) {
  return { name: { value, localizedValue }, unit: "Count", currentValue: 0, limit: PLENTY };
}

function families(sizes: readonly string[]): string[] {
  return [...new Set(sizes.map(familyOf))];
}

/** `Standard_D4ds_v5` → `standardDDSv5Family`, `Standard_DS2_v2` → `standardDSv2Family`. */
function familyOf(size: string): string {
  const [, letters = "", features = "", rest = ""] =
    /^Standard_([A-Z]+)\d+(?:-\d+)?([a-z]*)(?:_(\w+))?$/.exec(size) ?? [];
  return `standard${letters}${features.toUpperCase()}${rest}Family`;
}

/** Where the name does not tell, any number. */
function coresOf(size: string): number {
  return cpusOf(size) ?? cpusOfNumbered(size) ?? 4;
}
