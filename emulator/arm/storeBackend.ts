import type { Inputs } from "../azure/armIds";
import { generatedGuid } from "../azure/outputs";
import { Refusal } from "../azure/refusal";
import type { AzureResource, AzureWorld } from "../azure/azureStore";
import type { ControlPlaneBackend, EndpointWish } from "./backend";
import { assetVersionDocument, documentOf, inputsOf } from "./documents";
import { assetVersionInputs, assetVersionToken } from "./assetVersions";
import { endpointOf, nameOf, sameId } from "./paths";

const ML = "azure-native:machinelearningservices:";
const WORKSPACE = `${ML}Workspace`;
const ENDPOINT = `${ML}OnlineEndpoint`;
const DEPLOYMENT = `${ML}OnlineDeployment`;

/**
 * The face's view of the emulator's memory: what a program declared there is shown, what is written through the face is
 * there for the program. Nothing runs: keys are made up and there are no logs.
 */
export function worldBackend(world: AzureWorld): ControlPlaneBackend {
  const one = (token: string, id: string) =>
    world.list(token).find((resource) => sameId(resource.id, id));
  const below = (token: string, id: string) =>
    world.list(token).filter((resource) => isBelow(resource.id, id));
  const shown = (resource: AzureResource | undefined) =>
    Promise.resolve(resource === undefined ? undefined : documentOf(resource));

  return {
    workspace: (id) => shown(one(WORKSPACE, id)),
    endpoints: (id) => Promise.resolve(below(ENDPOINT, id).map(documentOf)),
    endpoint: (id) => shown(one(ENDPOINT, id)),
    deployments: (id) => Promise.resolve(below(DEPLOYMENT, id).map(documentOf)),
    putEndpoint: (id, wish) =>
      settled(() => {
        const current = one(ENDPOINT, id);
        if (current === undefined) createEndpoint(world, id, wish);
        else replaceEndpoint(world, current, wish);
      }),
    deleteEndpoint: (id) =>
      settled(() => {
        world.delete(id);
      }),
    putDeployment: (id, wish) =>
      settled(() => {
        const current = one(DEPLOYMENT, id);
        const inputs = inputsOf(deploymentNames(id), wish);
        if (current === undefined) world.create(DEPLOYMENT, inputs);
        else world.update(current.id, DEPLOYMENT, { ...current.inputs, ...inputs });
      }),
    deleteDeployment: (id) =>
      settled(() => {
        world.delete(id);
      }),
    assetVersion: (id) => {
      const found = one(assetVersionToken(id), id);
      return Promise.resolve(found === undefined ? undefined : assetVersionDocument(found));
    },
    putAssetVersion: (id, properties) =>
      settled(() => {
        world.create(assetVersionToken(id), { ...assetVersionInputs(id), properties });
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
          "nothing runs in the emulator's memory, so no token is worth anything",
          "emulator-limit",
        ),
      ),
    logs: () => Promise.resolve(""),
  };
}

function createEndpoint(world: AzureWorld, id: string, wish: EndpointWish): void {
  const { split: _none, ...body } = wish;
  world.create(ENDPOINT, inputsOf(endpointNames(id), body));
}

/** The split first: it alone can still be refused. */
function replaceEndpoint(world: AzureWorld, current: AzureResource, wish: EndpointWish): void {
  const before = documentOf(current).properties;
  world.setSplit(current.id, wish.split);
  world.amendEndpoint(current.id, {
    tags: wish.tags,
    properties: {
      description: undefined,
      ...wish.properties,
      // Can be added to, never removed or changed (azure-native's documentation of the endpoint's properties).
      properties: {
        ...(wish.properties["properties"] as object | undefined),
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
