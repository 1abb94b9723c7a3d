/** Requests that several sequences send. */
import type { Traffic } from "../../traffic/split";
import type { Expected, Step, StepRequest } from "../sequence";

export const ENDPOINT = "/onlineEndpoints/{{endpoint}}";
export const BLUE = `${ENDPOINT}/deployments/blue`;
export const GREEN = `${ENDPOINT}/deployments/green`;

/** All that an endpoint keeps from one write to the next. */
export const ENDPOINT_BODY = {
  location: "{{location}}",
  kind: "Managed",
  identity: { type: "SystemAssigned" },
  tags: { "mlscore-conformance": "{{run}}" },
};
const PROPERTIES = { authMode: "Key", publicNetworkAccess: "Enabled" };

/** PUT of the whole endpoint, with these properties besides those that it always has. */
export function putEndpoint(path: string, properties: object = {}, rest: object = {}): StepRequest {
  const body = { ...ENDPOINT_BODY, properties: { ...PROPERTIES, ...properties }, ...rest };
  return { method: "PUT", path, body };
}

/** PUT of the fixture's endpoint with this split. */
export function putSplit(traffic: Traffic, mirrorTraffic: Traffic = {}): StepRequest {
  return putEndpoint(ENDPOINT, { traffic, mirrorTraffic });
}

/** PUT of one of the fixture's deployments; its environment is a container that needs neither model nor code. */
export function putDeployment(path: string): StepRequest {
  return {
    method: "PUT",
    path,
    body: {
      location: "{{location}}",
      kind: "Managed",
      tags: ENDPOINT_BODY.tags,
      sku: { name: "Default", tier: "Standard", capacity: 1 },
      properties: {
        endpointComputeType: "Managed",
        instanceType: "{{instanceType}}",
        environmentId: "{{environmentId}}",
        scaleSettings: { scaleType: "Default" },
      },
    },
  };
}

export const CREATED: Expected = { status: 201, operation: "Succeeded" };
export const UPDATED: Expected = { status: 200, operation: "Succeeded" };
export const ACCEPTED: Expected = { status: 202, operation: "Succeeded" };
export const NOT_FOUND: Expected = { status: 404, code: "ResourceNotFound" };
export const BAD_REQUEST: Expected = { status: 400, code: "BadRequest" };

/** Reads the fixture's endpoint until it shows this split. */
export function shows(
  name: string,
  traffic: Traffic,
  mirrorTraffic: Traffic,
  proves: NonNullable<Step["proves"]>,
): Step {
  return {
    name,
    request: { method: "GET", path: ENDPOINT },
    eventually: true,
    expected: { status: 200, traffic, mirrorTraffic },
    proves,
  };
}
