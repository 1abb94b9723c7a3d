import { readinessProblems, splitProblems } from "../../traffic/splitRules";
import type { Split, Traffic } from "../../traffic/split";
import { textAt, valueAt } from "../../graph/paths";
import { refuseSplitProblems } from "./refusal";
import type { CreatedResource } from "../../graph/graph";
import type { StoredResources } from "./typeRules";

const TRAFFIC = "pulumi-nodejs:dynamic/mlscore:TrafficSplit";
const DEPLOYMENT = "azure-native:machinelearningservices:OnlineDeployment";

/** The split that an endpoint has; it is part of the endpoint, regardless of what wrote it. */
export function liveSplit(endpoint: CreatedResource | undefined): Split {
  return splitIn(valueAt(endpoint?.outputs, "properties"));
}

/** The split in the properties of an endpoint or a TrafficSplit; empty where they have none. */
export function splitIn(properties: unknown): Split {
  return {
    traffic: (valueAt(properties, "traffic") ?? {}) as Traffic,
    mirrorTraffic: (valueAt(properties, "mirrorTraffic") ?? {}) as Traffic,
  };
}

/** The endpoint with another split. */
export function withSplit(endpoint: CreatedResource, split: Split): CreatedResource {
  const properties = { ...(valueAt(endpoint.outputs, "properties") as object), ...split };
  return { ...endpoint, outputs: { ...endpoint.outputs, properties } };
}

/** Resources that were kept by their inputs alone, with each split also where Azure answers it: at the endpoint. */
export function withSplits<R extends CreatedResource>(resources: readonly R[]): R[] {
  const splits = new Map(
    resources
      .filter(({ token }) => token === TRAFFIC)
      .map(({ id, inputs }) => [
        id.slice(0, id.lastIndexOf("/traffic/")).toLowerCase(),
        splitIn(inputs),
      ]),
  );
  return resources.map((one) => {
    const split = splits.get(one.id.toLowerCase());
    return split === undefined ? one : { ...one, ...withSplit(one, split) };
  });
}

/** @throws Refusal when Azure would not take this split for this endpoint */
export function assertSplit(store: StoredResources, endpointId: string, split: Split): void {
  const deployments = deploymentsOf(store, endpointId);
  const states = deployments.map(({ inputs, outputs }) => ({
    name: textAt(inputs, "deploymentName"),
    provisioningState: textAt(outputs, "properties.provisioningState"),
  }));
  const names = states.map(({ name }) => name);
  refuseSplitProblems(splitProblems(split, names));
  refuseSplitProblems(readinessProblems(split, states));
}

export function deploymentsOf(store: StoredResources, endpointId: string): CreatedResource[] {
  const below = `${endpointId}/deployments/`.toLowerCase();
  return store.list(DEPLOYMENT).filter((one) => one.id.toLowerCase().startsWith(below));
}
