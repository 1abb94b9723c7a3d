import { emulatedArm, type EmulatedArm } from "../../emulator/arm/app";
import type { ArmBackend } from "../../emulator/arm/backend";
import { storeBackend } from "../../emulator/arm/storeBackend";
import type { Traffic } from "../../traffic/split";
import { ArmHarness, BODY, deploymentId, PLACE } from "../armHarness";

/** What a rollout does not call. */
const REST = storeBackend(new ArmHarness().store);

/** An endpoint as a plain object, which tests read and change directly. */
export interface PlainEndpoint {
  traffic: Traffic;
  mirrorTraffic: Traffic;
  tags: Record<string, string>;
  deployments: Record<string, { state: string; instances: number }>;
  /** Number of writes so far, and one. */
  revision: number;
}

/** The emulated ARM API of a plain endpoint. Operations end at their first poll. */
export function plainApi(endpoint: PlainEndpoint): EmulatedArm {
  const { location, properties } = BODY;
  const resource = { location, tags: {} };
  const backend: ArmBackend = {
    ...REST,
    endpoint: (id) =>
      Promise.resolve({
        ...resource,
        id,
        name: PLACE.endpointName,
        type: "Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
        tags: { ...endpoint.tags },
        properties: {
          ...properties,
          provisioningState: "Succeeded",
          traffic: { ...endpoint.traffic },
          mirrorTraffic: { ...endpoint.mirrorTraffic },
        },
      }),
    deployments: () =>
      Promise.resolve(
        Object.entries(endpoint.deployments).map(([name, { state, instances }]) => ({
          ...resource,
          id: deploymentId(name),
          name,
          type: "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments",
          sku: { name: "Default", tier: "Standard", capacity: instances },
          properties: { provisioningState: state },
        })),
      ),
    putEndpoint: (_id, { tags, split }) => {
      Object.assign(endpoint, { tags: { ...tags }, ...split });
      endpoint.revision += 1;
      return Promise.resolve();
    },
    putDeployment: (id, { sku }) => {
      endpoint.deployments[id.split("/").at(-1) ?? ""]!.instances = Number(sku?.["capacity"]);
      return Promise.resolve();
    },
  };
  return emulatedArm(backend, { polls: 0, retryAfterSeconds: 0 });
}
