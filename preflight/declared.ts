import { machinesOf, type Machines } from "../cost/machines";
import { armTemplate } from "../render/armTemplate";
import { azureType } from "../emulator/azure/azureStore";
import type { CreatedResource, GraphResource } from "../graph/graph";
import { settingText, type StackSettings } from "../graph/settings";
import { valueAt } from "../graph/paths";
import { plainInputs, revealed } from "../graph/plainInputs";
import type { WorkspaceNeeds } from "../components/workspaceFacts";
import { networkChoice } from "../config/networkLevel";
import { azurePlace } from "../emulator/azurePlace";
import { isAzureResource } from "../emulator/emulatorStore";
import { SUBSCRIPTION_KEY } from "../config/settingsFile";

/** A resource of ARM that the stack makes. */
export interface DeclaredResource {
  readonly id: string;
  /** Such as `Microsoft.KeyVault/vaults`. */
  readonly type: string;
  readonly apiVersion: string;
  /** Last part of the id. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** A network of somebody else's that production joins. */
export interface ExistingNetwork {
  readonly id: string;
  /** By use: nodes, apiServer, privateEndpoints, gateway, build. */
  readonly subnetIds: Readonly<Record<string, string>>;
  /** Only of production's; nothing of a sandbox is in the network but private endpoints. */
  readonly egress?: "natGateway" | "firewall";
}

/** An existing workspace, with what the stack needs of it. */
export interface ExistingWorkspace {
  readonly id: string;
  readonly needs: WorkspaceNeeds;
  /** The workspace and what belongs to it, as the emulator has them. */
  readonly emulated: readonly CreatedResource[];
}

/** What a stack needs of its subscription: the declared graph as far as the checks look at it. */
export interface Declared {
  readonly stack: string;
  readonly target: "sandbox" | "production";
  readonly subscriptionId: string;
  readonly subscriptionName: string | undefined;
  /** Tenant that the environment asks for (`ARM_TENANT_ID`). */
  readonly wantedTenantId: string | undefined;
  readonly location: string;
  readonly resourceGroup: { readonly name: string; readonly id: string; readonly create: boolean };
  /** Without the resource group. */
  readonly resources: readonly DeclaredResource[];
  readonly machines: readonly Machines[];
  readonly network: ExistingNetwork | undefined;
  readonly workspace: ExistingWorkspace | undefined;
  /** Zones that others keep, by service. */
  readonly privateDnsZoneIds: Readonly<Record<string, string>>;
  readonly kubernetesVersion: string | undefined;
  /** As `npm run render` writes it. */
  readonly template: Readonly<Record<string, unknown>>;
}

/** The declared graph, as render and review have it, in the words of the checks. */
export function declaredOf(
  stack: string,
  settings: StackSettings,
  graph: readonly GraphResource[],
  {
    tenantId,
    wantedTenantId,
  }: { readonly tenantId: string; readonly wantedTenantId?: string | undefined },
): Declared {
  const subscriptionId = settings[SUBSCRIPTION_KEY] ?? "";
  const group = settingText(settings, "mlscore:resourceGroup", "name");
  const network = structure(settings["mlscore:network"]);
  const inAzure = graph.filter(({ created }) => isAzureResource(created.token));
  const cluster = structure(settings["mlscore:cluster"]);
  const resources = inAzure.flatMap(({ declared, created }): DeclaredResource[] => {
    const { armType, apiVersion, scope } = azureType(created.token);
    if (apiVersion === undefined || scope === "subscription") return [];
    const name = created.id.slice(created.id.lastIndexOf("/") + 1);
    const inputs = plainInputs(declared.inputs, revealed);
    return [{ id: created.id, type: armType, apiVersion, name, inputs }];
  });
  return {
    stack,
    target: settings["mlscore:target"] === "production" ? "production" : "sandbox",
    subscriptionId,
    subscriptionName: settings["mlscore:subscriptionName"],
    wantedTenantId,
    location: settings["mlscore:location"] ?? "",
    resourceGroup: {
      name: group,
      id: `/subscriptions/${subscriptionId}/resourceGroups/${group}`,
      create: settingText(settings, "mlscore:resourceGroup", "create") === "true",
    },
    resources,
    machines: machinesOf(
      inAzure.map(({ declared, created }) => ({
        type: created.token,
        name: declared.name,
        id: created.id,
        inputs: plainInputs(declared.inputs, revealed),
      })),
    ),
    network: existingNetwork(network),
    workspace: existingWorkspace(settings, resources),
    privateDnsZoneIds: texts(network["privateDnsZoneIds"]),
    kubernetesVersion:
      typeof cluster["kubernetesVersion"] === "string" ? cluster["kubernetesVersion"] : undefined,
    template: armTemplate(inAzure, tenantId),
  };
}

/** Declared resources of one type, in the order of their ids. */
export function ofType({ resources }: Declared, type: string): readonly DeclaredResource[] {
  return resources.filter((one) => one.type === type).toSorted((a, b) => a.id.localeCompare(b.id));
}

/** The machines of these kinds. */
export function machinesFor(
  { machines }: Declared,
  ...kinds: readonly Machines["kind"][]
): readonly Machines[] {
  return machines.filter(({ kind }) => kinds.includes(kind));
}

export const CLUSTERS = "Microsoft.ContainerService/managedClusters";
export const ENDPOINTS = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints";
const ENVIRONMENTS = "Microsoft.MachineLearningServices/workspaces/environments/versions";
const IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities";

function existingWorkspace(
  settings: StackSettings,
  resources: readonly DeclaredResource[],
): ExistingWorkspace | undefined {
  const workspaceName = settingText(settings, "mlscore:workspace", "name");
  const find = (type: string) => resources.find((one) => one.type === type);
  const endpoint = find(ENDPOINTS);
  if (workspaceName === "" || endpoint === undefined) return undefined;
  return {
    id: endpoint.id.slice(0, endpoint.id.indexOf("/onlineEndpoints/")),
    emulated: azurePlace(settings).found ?? [],
    needs: {
      workspaceName,
      location: settings["mlscore:location"] ?? "",
      ...networkChoice(settings["mlscore:network"]),
      buildsImages: resources.some(({ type, inputs }) => {
        return type === ENVIRONMENTS && isBuilt(inputs["properties"]);
      }),
      createsIdentity: find(IDENTITIES) !== undefined,
      isEndpointPublic: valueAt(endpoint.inputs, "properties.publicNetworkAccess") === "Enabled",
    },
  };
}

function existingNetwork(network: Readonly<Record<string, unknown>>): ExistingNetwork | undefined {
  const id = network["vnetId"];
  if (typeof id !== "string") return undefined;
  const { egress } = network;
  const type = typeof egress === "object" && egress !== null ? texts(egress)["type"] : egress;
  return {
    id,
    subnetIds: texts(network["subnetIds"]),
    ...(type === "firewall" || type === "natGateway" ? { egress: type } : {}),
  };
}

/** Whether Azure ML builds an image for a version of an environment. */
function isBuilt(properties: unknown): boolean {
  return ["condaFile", "build"].some((key) => valueAt(properties, key) !== undefined);
}

/** A structured setting; the program has refused one that is malformed by now. */
function structure(setting: string | undefined): Readonly<Record<string, unknown>> {
  return setting === undefined ? {} : (JSON.parse(setting) as Record<string, unknown>);
}

function texts(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(value ?? {}).filter((entry): entry is [string, string] => {
      return typeof entry[1] === "string";
    }),
  );
}
