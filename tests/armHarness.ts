/** The product's emulated ARM API in this process, with an endpoint behind it, and ways to call and disturb it. */
import type { ArmBackend } from "../emulator/arm/backend";
import { emulatedArm, type EmulatedArm } from "../emulator/arm/app";
import { Faults, type Fault } from "../emulator/arm/faults";
import { inProcess } from "../emulator/arm/httpClient";
import { startArmServer, type ArmServer } from "../emulator/arm/server";
import { storeBackend } from "../emulator/arm/storeBackend";
import { AzureStore } from "../emulator/azure/azureStore";
import { liveSplit } from "../emulator/azure/endpointTraffic";
import type { CreatedResource } from "../graph/graph";
import { connect, type Arm } from "../traffic/arm";
import { endpointId, type EndpointPlace } from "../traffic/liveEndpoint";
import type { Split } from "../traffic/split";
import { SUBSCRIPTION } from "./stacks";

const ML = "azure-native:machinelearningservices:";
const NAMES = { resourceGroupName: "rg", workspaceName: "ws", endpointName: "flood" };

export const PLACE: EndpointPlace = { subscriptionId: SUBSCRIPTION, ...NAMES };
export const ENDPOINT = endpointId(PLACE);
export const WORKSPACE = ENDPOINT.replace("/onlineEndpoints/flood", "");
export const VERSION = "api-version=2025-12-01";
export const TOKEN = {
  getToken: () => Promise.resolve({ token: "any", expiresOnTimestamp: Date.now() + 3_600_000 }),
};

/** Writes take no time in tests. */
export const AT_ONCE = { retryDelayMs: 1, attempts: 8 };

/** What a client has to send to keep the endpoint as it is, except for the split. */
export const BODY = {
  location: "canadacentral",
  tags: { owner: "tests" },
  properties: { authMode: "Key", publicNetworkAccess: "Enabled" },
};

/** Thrown by a call hook: the calling process ends there. */
export class Killed extends Error {}

/** Called before and after the API has handled a request; what it throws reaches the caller of the client. */
export type CallHook = (moment: "before" | "after", request: Request) => void;

/** A client without a network, and without waiting. */
export function clientOf(app: Pick<EmulatedArm, "fetch">, onCall: CallHook = () => undefined): Arm {
  const fetch = async (request: Request) => {
    onCall("before", request);
    const response = await app.fetch(request);
    onCall("after", request);
    return response;
  };
  return connect({
    url: "https://api.test",
    credential: TOKEN,
    httpClient: inProcess({ fetch }),
    retryDelayMs: 1,
    pollDelayMs: 1,
  });
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
}

export interface HarnessOptions {
  /** Polls of an operation that find it in progress. @default 1 */
  readonly polls?: number;
  /** Replaces parts of the store's backend. */
  readonly backend?: Partial<ArmBackend>;
  /** Of the endpoint. @default "Key" */
  readonly authMode?: string;
  /** Ids of workspaces that exist beside the endpoint's. */
  readonly existing?: readonly string[];
}

/** An endpoint `flood` without deployments. Methods can be taken out of the harness. */
export class ArmHarness {
  readonly faults = new Faults();
  store: AzureStore;
  /** As the newest client's process sees it: nothing is known of operations that an earlier one began. */
  armApi: EmulatedArm;

  constructor(private readonly options: HarnessOptions = {}) {
    this.store = new AzureStore({
      subscriptionId: SUBSCRIPTION,
      tenantId: "tenant",
      resourceGroups: ["rg"],
      existing: [WORKSPACE, ...(options.existing ?? [])],
    });
    const identity = { type: "SystemAssigned" };
    const properties = { ...BODY.properties, authMode: options.authMode ?? "Key" };
    this.store.create(`${ML}OnlineEndpoint`, { ...NAMES, ...BODY, properties, identity });
    this.armApi = this.newApi();
  }

  /** A client of the API as it is. */
  readonly client = (): Arm => clientOf(this.armApi);

  /** A client as a new process has it. */
  readonly newClient = (onCall?: CallHook): Arm => {
    this.armApi = this.newApi();
    return clientOf(this.armApi, onCall);
  };

  /** Any call with the newest API version; `path` below the endpoint. */
  readonly call = async (
    method: string,
    path = "",
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const request = new Request(`https://api.test${ENDPOINT}${path}?${VERSION}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return answerOf(await this.armApi.fetch(request));
  };

  /** PUT of the endpoint with this split, and nothing else changed. */
  readonly put = (traffic: object | undefined, mirrorTraffic?: object): Promise<Answer> => {
    const split = {
      ...(traffic === undefined ? {} : { traffic }),
      ...(mirrorTraffic === undefined ? {} : { mirrorTraffic }),
    };
    return this.call("PUT", "", { ...BODY, properties: { ...BODY.properties, ...split } });
  };

  readonly fault = (...faults: readonly Fault[]): void => {
    for (const fault of faults) this.faults.add(fault);
  };

  /** The split in the store, whatever the API shows. */
  readonly split = (): Split => liveSplit(this.store.read(ENDPOINT));

  readonly setSplit = (split: Split): void => {
    this.store.setSplit(ENDPOINT, split);
  };

  readonly endpoint = (): CreatedResource => this.store.read(ENDPOINT)!;

  readonly deploy = (deploymentName: string, state = "Succeeded", capacity = 1): void => {
    const { id } = this.store.create(`${ML}OnlineDeployment`, {
      ...NAMES,
      deploymentName,
      location: BODY.location,
      sku: { name: "Default", tier: "Standard", capacity },
      properties: { endpointComputeType: "Managed" },
    });
    if (state !== "Succeeded") this.setState(id, state);
  };

  /** @throws Refusal while it has traffic */
  readonly remove = (name: string): void => {
    this.store.delete(deploymentId(name));
  };

  /** Deployments by name, with their state. */
  readonly deployments = (): Record<string, string> =>
    Object.fromEntries(
      this.store.list(`${ML}OnlineDeployment`).map(({ id, outputs }) => {
        const { provisioningState } = outputs["properties"] as { provisioningState: string };
        return [id.split("/").at(-1) ?? "", provisioningState] as const;
      }),
    );

  /** Calls of the newest client that change something, as `PUT endpoint 200`. */
  readonly writes = (): string[] =>
    this.armApi.recorded
      .filter(({ method }) => method !== "GET")
      .map(({ method, path, status }) => {
        const what = path.includes("/deployments/") ? path.split("/").at(-1) : "endpoint";
        return `${method} ${what ?? ""} ${status}`;
      });

  /** Serves the store as the ARM API over HTTPS. */
  readonly serve = (directory: string, scoringToken: () => Promise<string>): Promise<ArmServer> =>
    startArmServer({
      backend: storeBackend(this.store),
      directory,
      subscriptionId: SUBSCRIPTION,
      faults: this.faults,
      retryAfterSeconds: 0,
      scoringToken,
    });

  private newApi(): EmulatedArm {
    const { polls, backend } = this.options;
    return emulatedArm(
      { ...storeBackend(this.store), ...backend },
      { faults: this.faults, retryAfterSeconds: 0, ...(polls === undefined ? {} : { polls }) },
    );
  }

  private setState(id: string, provisioningState: string): void {
    const resources = this.store.list().map((one) => {
      if (one.id !== id) return one;
      const properties = { ...(one.outputs["properties"] as object), provisioningState };
      return { ...one, outputs: { ...one.outputs, properties } };
    });
    this.store = new AzureStore(this.store.settings, resources);
  }
}

/** With `blue` (2 instances, all the traffic) and `green` (1 instance). */
export function blueAndGreen(options: HarnessOptions = {}): ArmHarness {
  const harness = new ArmHarness(options);
  harness.deploy("blue", "Succeeded", 2);
  harness.deploy("green");
  harness.setSplit({ traffic: { blue: 100, green: 0 }, mirrorTraffic: {} });
  return harness;
}

export function deploymentId(name: string): string {
  return `${ENDPOINT}/deployments/${name}`;
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
