import { sameText } from "../../graph/sameText";
import type { Inputs } from "../../graph/paths";
import { generatedGuid } from "../azure/outputs";
import { Refusal } from "../azure/refusal";
import type { CreatedResource } from "../../graph/graph";
import type { AzureStore } from "../azure/azureStore";
import type { ArmBackend, DesiredDeployment, DesiredEndpoint } from "./backend";
import { completed } from "./deploymentDefaults";
import { assetVersionDocument, documentOf, inputsOf } from "./documents";
import { assetVersionInputs, assetVersionToken } from "./assetVersions";
import { endpointOf, nameOf } from "./paths";

const ML = "azure-native:machinelearningservices:";
const WORKSPACE = `${ML}Workspace`;
const ENDPOINT = `${ML}OnlineEndpoint`;
const DEPLOYMENT = `${ML}OnlineDeployment`;

/**
 * The API's view of the emulator's memory: what a program declared there is shown, what is written through the API is
 * there for the program. Nothing runs: keys are made up and there are no logs.
 */
export function storeBackend(store: AzureStore): ArmBackend {
  const one = (token: string, id: string) =>
    store.list(token).find((resource) => sameText(resource.id, id));
  const below = (token: string, id: string) =>
    store.list(token).filter((resource) => isBelow(resource.id, id));
  const shown = (resource: CreatedResource | undefined) =>
    Promise.resolve(resource === undefined ? undefined : documentOf(resource));

  return {
    workspaces: () => {
      const all = [...store.list(), ...(store.settings.found ?? [])];
      return Promise.resolve(all.filter(({ token }) => token === WORKSPACE).map(documentOf));
    },
    endpoints: (id) => Promise.resolve(below(ENDPOINT, id).map(documentOf)),
    endpoint: (id) => shown(one(ENDPOINT, id)),
    deployments: (id) => Promise.resolve(below(DEPLOYMENT, id).map(documentOf)),
    putEndpoint: (id, desired) =>
      settled(() => {
        const current = one(ENDPOINT, id);
        if (current === undefined) createEndpoint(store, id, desired);
        else replaceEndpoint(store, current, desired);
      }),
    deleteEndpoint: (id) =>
      settled(() => {
        store.delete(id);
      }),
    putDeployment: (id, desired) =>
      settled(() => {
        const current = one(DEPLOYMENT, id);
        const inputs = (given: DesiredDeployment) => inputsOf(deploymentNames(id), given);
        if (current === undefined) store.create(DEPLOYMENT, inputs(completed(desired)));
        else store.update(current.id, DEPLOYMENT, { ...current.inputs, ...inputs(desired) });
      }),
    deleteDeployment: (id) =>
      settled(() => {
        store.delete(id);
      }),
    assetVersion: (id) => {
      const found = one(assetVersionToken(id), id);
      return Promise.resolve(found === undefined ? undefined : assetVersionDocument(found));
    },
    putAssetVersion: (id, properties) =>
      settled(() => {
        store.create(assetVersionToken(id), { ...assetVersionInputs(id), properties });
      }),
    keys: (id) =>
      Promise.resolve({
        primaryKey: generatedGuid(id, "primaryKey"),
        secondaryKey: generatedGuid(id, "secondaryKey"),
      }),
    token: () =>
      Promise.reject(
        new Refusal(
          "BadRequest",
          "the emulator runs no deployments, so it issues no tokens",
          "emulator-limit",
        ),
      ),
    logs: () => Promise.resolve(""),
  };
}

function createEndpoint(store: AzureStore, id: string, desired: DesiredEndpoint): void {
  const { split: _none, ...body } = desired;
  store.create(ENDPOINT, inputsOf(endpointNames(id), body));
}

/** The split first: it alone can still be refused. */
function replaceEndpoint(
  store: AzureStore,
  current: CreatedResource,
  desired: DesiredEndpoint,
): void {
  const before = documentOf(current).properties;
  store.setSplit(current.id, desired.split);
  store.updateEndpoint(current.id, {
    tags: desired.tags,
    properties: {
      description: undefined,
      ...desired.properties,
      // Can be added to, never removed or changed (azure-native's documentation of the endpoint's properties).
      properties: {
        ...(desired.properties["properties"] as object | undefined),
        ...(before["properties"] as object | undefined),
      },
    },
  });
}

function endpointNames(id: string): Inputs {
  const [, , , , resourceGroupName = "", , , , workspaceName = ""] = id.split("/");
  return { resourceGroupName, workspaceName, endpointName: nameOf(endpointOf(id)) };
}

function deploymentNames(id: string): Inputs {
  return { ...endpointNames(id), deploymentName: nameOf(id) };
}

/** Directly below: one name further. */
function isBelow(id: string, parent: string): boolean {
  return (
    id.toLowerCase().startsWith(`${parent.toLowerCase()}/`) &&
    id.split("/").length === parent.split("/").length + 2
  );
}

async function settled(work: () => void): Promise<void> {
  await Promise.resolve();
  work();
}
