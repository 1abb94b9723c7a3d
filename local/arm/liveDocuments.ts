/** What the ARM API shows of a running local endpoint: what was declared, with what is live laid over it. */
import { sameText } from "../../graph/sameText";
import { valueAt } from "../../graph/paths";
import { generatedGuid } from "../../emulator/azure/outputs";
import type { DeploymentStatus, EndpointStatus } from "../endpoint";
import { readState } from "../state";
import type { CreatedResource } from "../../graph/graph";
import { EmulatorStore } from "../../emulator/emulatorStore";
import type { ArmDocument } from "../../emulator/arm/backend";
import { documentOf } from "../../emulator/arm/documents";
import { endpointOf, nameOf } from "../../emulator/arm/paths";
import { NOT_STARTED } from "../../traffic/liveEndpoint";

const ML = "azure-native:machinelearningservices:";
const ENDPOINT = `${ML}OnlineEndpoint`;
const DEPLOYMENT = `${ML}OnlineDeployment`;
const TRAFFIC = "pulumi-nodejs:dynamic/mlscore:TrafficSplit";
export const WORKSPACE = `${ML}Workspace`;

/** The stack's resources as the emulator made them; secrets are only fingerprints. */
export async function declared(stack: string): Promise<CreatedResource[]> {
  const { resources } = await Promise.resolve(readState(stack));
  const first = resources.find(({ type }) => type === ENDPOINT);
  const [, , subscriptionId = ""] = first?.id.split("/") ?? [];
  const tenantId = generatedGuid(subscriptionId, "tenantId");
  const store = new EmulatorStore({ subscriptionId, tenantId, resourceGroups: [] });
  return resources.map(({ type, id, inputs }) => store.preview(type, inputs, id));
}

/** None or one: a stack has one endpoint, and until the first `up` has ended it is not there. */
export function endpointDocuments(
  resources: readonly CreatedResource[],
  status: EndpointStatus,
): ArmDocument[] {
  const created = resources.find(({ token }) => token === ENDPOINT);
  if (created === undefined || nameOf(created.id) !== status.name) return [];
  const trafficSplit = resources.find(({ token }) => token === TRAFFIC);
  const { tags: _declared, ...settings } = (valueAt(trafficSplit?.inputs, "settings") ??
    {}) as Record<string, unknown>;
  const document = documentOf(created);
  return [
    {
      ...document,
      tags: status.tags,
      properties: {
        ...document.properties,
        ...settings,
        traffic: status.traffic,
        mirrorTraffic: status.mirrorTraffic,
        scoringUri: status.scoringUri,
        swaggerUri: status.swaggerUri,
        provisioningState: status.applying ? "Updating" : "Succeeded",
      },
    },
  ];
}

/** Those that are declared, and those that only run yet: the state is written when `up` has ended. */
export function deploymentDocuments(
  endpoint: ArmDocument,
  resources: readonly CreatedResource[],
  status: EndpointStatus,
): ArmDocument[] {
  const stored = resources
    .filter(({ token, id }) => token === DEPLOYMENT && sameText(endpointOf(id), endpoint.id))
    .map(documentOf);
  const names = new Set([
    ...stored.map(({ name }) => name),
    ...status.deployments.map(({ name }) => name),
    ...Object.keys(status.bringUps),
  ]);
  return [...names].map((name) => {
    const running = status.deployments.find((one) => one.name === name);
    const document = stored.find((one) => one.name === name) ?? onlyRunning(endpoint, name);
    return {
      ...document,
      sku: { ...document.sku, capacity: running?.instances.length ?? capacityOf(document) },
      properties: {
        ...document.properties,
        provisioningState: stateOf(running, status.bringUps[name]),
      },
    };
  });
}

/** One that is restarting has succeeded all the same, as in Azure. */
function stateOf(
  running: DeploymentStatus | undefined,
  bringUp: EndpointStatus["bringUps"][string] | undefined,
): string {
  return bringUp ?? (running === undefined ? NOT_STARTED : "Succeeded");
}

function capacityOf({ sku }: ArmDocument): number {
  return Number(sku?.["capacity"] ?? 1);
}

function onlyRunning(endpoint: ArmDocument, name: string): ArmDocument {
  return {
    id: `${endpoint.id}/deployments/${name}`,
    name,
    type: `${endpoint.type}/deployments`,
    location: endpoint.location,
    tags: {},
    kind: "Managed",
    sku: { name: "Default", tier: "Standard", capacity: 1 },
    properties: { endpointComputeType: "Managed" },
  };
}
