import { ArmError, type Arm } from "../../traffic/arm";
import { endpointId, type EndpointBody, type EndpointPlace } from "../../traffic/liveEndpoint";
import { splitProblemText } from "../../traffic/splitProblemText";
import { splitProblems } from "../../traffic/splitRules";
import type { Traffic } from "../../traffic/split";

export const PLACE: EndpointPlace = {
  subscriptionId: "11111111-2222-3333-4444-555555555555",
  resourceGroupName: "rg",
  workspaceName: "mlw-flood",
  endpointName: "flood",
};

/** Everything that ARM has of one endpoint. */
export interface FakeEndpoint {
  traffic: Traffic;
  mirrorTraffic: Traffic;
  tags: Record<string, string>;
  deployments: Record<string, { state: string; instances: number }>;
  revision: number;
}

/**
 * ARM with one endpoint in memory: a PUT replaces all of it, needs the ETag that was read, and is checked by Azure's rules
 * for splits. Whatever else is asked for throws, so that no test reaches a network.
 *
 * @param effect called before and after each thing that changes something
 */
export function fakeArm(endpoint: FakeEndpoint, effect: () => void = () => undefined): Arm {
  const id = endpointId(PLACE);
  return {
    get: (path: string) => {
      if (path !== id) throw new Error(`GET ${path} is not faked`);
      const body: EndpointBody = {
        location: "canadacentral",
        tags: { ...endpoint.tags },
        properties: {
          authMode: "Key",
          provisioningState: "Succeeded",
          traffic: { ...endpoint.traffic },
          mirrorTraffic: { ...endpoint.mirrorTraffic },
        },
      };
      return Promise.resolve({ body: body as never, etag: String(endpoint.revision) });
    },
    list: <T>(path: string) => {
      if (path !== `${id}/deployments`) throw new Error(`LIST ${path} is not faked`);
      const all = Object.entries(endpoint.deployments).map(([name, { state, instances }]) => ({
        name,
        sku: { capacity: instances },
        properties: { provisioningState: state },
      }));
      return Promise.resolve(all as T[]);
    },
    put: (path, body, ifMatch) => {
      if (path !== id) throw new Error(`PUT ${path} is not faked`);
      if (ifMatch !== String(endpoint.revision)) {
        throw new ArmError(412, "PreconditionFailed", "somebody else wrote in between");
      }
      const { tags, properties } = body as EndpointBody;
      const traffic = properties.traffic ?? {};
      const mirrorTraffic = properties.mirrorTraffic ?? {};
      const names = Object.keys(endpoint.deployments);
      const problems = splitProblems({ traffic, mirrorTraffic }, names).map(splitProblemText);
      if (problems.length > 0) throw new ArmError(400, "BadRequest", problems.join("; "));
      effect();
      Object.assign(endpoint, { tags: { ...tags }, traffic, mirrorTraffic });
      endpoint.revision += 1;
      effect();
      return Promise.resolve();
    },
    patch: (path, body) => {
      const name = path.slice(`${id}/deployments/`.length);
      const found = endpoint.deployments[name];
      if (found === undefined) throw new Error(`PATCH ${path} is not faked`);
      found.instances = (body as { sku: { capacity: number } }).sku.capacity;
      return Promise.resolve();
    },
    post: (path) => {
      throw new Error(`POST ${path} is not faked`);
    },
  };
}
