/** An endpoint in the emulator's memory with the API before it, and ways to ask it. */
import { AzureStore } from "../../../emulator/azure/azureStore";
import { emulatedArm, type EmulatedArm } from "../../../emulator/arm/app";
import type { ArmBackend } from "../../../emulator/arm/backend";
import { Faults, type Fault } from "../../../emulator/arm/faults";
import { inProcess } from "../../../emulator/arm/httpClient";
import { startArmServer, type ArmServer } from "../../../emulator/arm/server";
import { storeBackend } from "../../../emulator/arm/storeBackend";
import { connect, type Arm } from "../../../traffic/arm";
import type { EndpointPlace } from "../../../traffic/liveEndpoint";
import { SUBSCRIPTION } from "../../stacks";

const ML = "azure-native:machinelearningservices:";
const NAMES = { resourceGroupName: "rg", workspaceName: "ws", endpointName: "flood" };
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`;

export const PLACE: EndpointPlace = { subscriptionId: SUBSCRIPTION, ...NAMES };
export const WORKSPACE = `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces/ws`;
export const ENDPOINT = `${WORKSPACE}/onlineEndpoints/flood`;
export const VERSION = "api-version=2025-12-01";
export const TOKEN = {
  getToken: () => Promise.resolve({ token: "any", expiresOnTimestamp: Date.now() + 3_600_000 }),
};

/** What a client has to send to keep the endpoint as it is, except for the split. */
export const BODY = {
  location: "canadacentral",
  tags: { domain: "hydrology" },
  properties: { authMode: "Key", publicNetworkAccess: "Enabled" },
};

export interface Harness {
  readonly store: AzureStore;
  readonly armApi: EmulatedArm;
  readonly faults: Faults;
  readonly arm: Arm;
  /** Any call with the newest API version; `path` below the endpoint. */
  readonly call: (
    method: string,
    path?: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Answer>;
  /** PUT of the endpoint with this split, and nothing else changed. */
  readonly put: (traffic: object | undefined, mirrorTraffic?: object) => Promise<Answer>;
  /** What the memory says, whatever the API shows. */
  readonly split: () => unknown;
  readonly fault: (fault: Fault) => void;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
}

/** The endpoint `flood` with `blue` (2 instances, all the traffic) and `green` (1 instance). */
export function harness(
  options: {
    readonly polls?: number;
    readonly backend?: Partial<ArmBackend>;
    /** Ids of workspaces that are there beside the endpoint's. */
    readonly existing?: readonly string[];
  } = {},
): Harness {
  const store = new AzureStore({
    subscriptionId: SUBSCRIPTION,
    tenantId: "tenant",
    resourceGroups: ["rg"],
    existing: [WORKSPACE, ...(options.existing ?? [])],
  });
  const { properties, location, tags } = BODY;
  const identity = { type: "SystemAssigned" };
  store.create(`${ML}OnlineEndpoint`, { ...NAMES, location, tags, identity, properties });
  for (const [deploymentName, capacity] of [
    ["blue", 2],
    ["green", 1],
  ]) {
    const sku = { name: "Default", tier: "Standard", capacity };
    const managed = { endpointComputeType: "Managed" };
    const inputs = { ...NAMES, deploymentName, location, sku, properties: managed };
    store.create(`${ML}OnlineDeployment`, inputs);
  }
  store.setSplit(ENDPOINT, { traffic: { blue: 100, green: 0 }, mirrorTraffic: {} });
  const faults = new Faults();
  const { backend, existing: _existing, ...pace } = options;
  const armApi = emulatedArm(
    { ...storeBackend(store), ...backend },
    { faults, retryAfterSeconds: 0, ...pace },
  );

  const call: Harness["call"] = async (method, path = "", body, headers = {}) => {
    const request = new Request(`https://api.test${ENDPOINT}${path}?${VERSION}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return answerOf(await armApi.fetch(request));
  };
  return {
    store,
    armApi,
    faults,
    arm: connect({
      url: "https://api.test",
      credential: TOKEN,
      httpClient: inProcess(armApi),
      retryDelayMs: 1,
      pollDelayMs: 1,
    }),
    call,
    put: (traffic, mirrorTraffic) => {
      const split = {
        ...(traffic === undefined ? {} : { traffic }),
        ...(mirrorTraffic === undefined ? {} : { mirrorTraffic }),
      };
      return call("PUT", "", { ...BODY, properties: { ...BODY.properties, ...split } });
    },
    split: () => {
      const { traffic, mirrorTraffic } = (store.read(ENDPOINT)?.outputs["properties"] ??
        {}) as Record<string, unknown>;
      return { traffic, mirrorTraffic };
    },
    fault: (fault) => {
      faults.add(fault);
    },
  };
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: text === "" ? undefined : (JSON.parse(text) as unknown),
  };
}

/** A refusal as ARM words it, for toMatchObject: with nothing else in its body where the message is known. */
export function refusal(status: number, code: string, message: unknown): object {
  const body = { error: { code, message } };
  return typeof message === "string" ? { status, text: JSON.stringify(body) } : { status, body };
}

/** Serves the harness's store as the ARM API over HTTPS. */
export function startHarnessServer(
  { store, faults }: Harness,
  directory: string,
  scoringToken: () => Promise<string>,
): Promise<ArmServer> {
  return startArmServer({
    backend: storeBackend(store),
    directory,
    subscriptionId: SUBSCRIPTION,
    faults,
    retryAfterSeconds: 0,
    scoringToken,
  });
}
