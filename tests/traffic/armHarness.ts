import type { CreatedResource } from "../../graph/graph";
import { AzureStore } from "../../emulator/azure/azureStore";
import { emulatedArm, type EmulatedArm } from "../../emulator/arm/app";
import { Faults, type Fault } from "../../emulator/arm/faults";
import { inProcess } from "../../emulator/arm/httpClient";
import { storeBackend } from "../../emulator/arm/storeBackend";
import { connect, type Arm } from "../../traffic/arm";
import type { EndpointPlace } from "../../traffic/liveEndpoint";
import type { Split } from "../../traffic/split";
import { liveSplit } from "../../emulator/azure/endpointTraffic";

const GROUP = { resourceGroupName: "rg", location: "canadacentral" };
const ML = "azure-native:machinelearningservices:";

export const PLACE: EndpointPlace = {
  subscriptionId: "11111111-2222-3333-4444-555555555555",
  resourceGroupName: "rg",
  workspaceName: "wsp",
  endpointName: "flood",
};
export const WORKSPACE_ID =
  `/subscriptions/${PLACE.subscriptionId}/resourceGroups/rg` +
  "/providers/Microsoft.MachineLearningServices/workspaces/wsp";
const ENDPOINT_ID = `${WORKSPACE_ID}/onlineEndpoints/flood`;

/** Writes take no time in tests. */
export const AT_ONCE = { retryDelayMs: 1, attempts: 8 };

export interface Death {
  readonly atCall: number;
  readonly moment: "before" | "after";
}

export class Killed extends Error {}

/** The emulator's memory with a workspace and an endpoint in it, and the ARM API on it. */
export class ArmHarness {
  readonly faults = new Faults();
  private app: EmulatedArm;

  constructor(
    private store = storeWithEndpoint(),
    private readonly polls = 0,
  ) {
    this.app = this.open();
  }

  /**
   * A client as a new process has it: nothing is known of what an earlier one began.
   * @param dies the process ends at the call of this number, before or after the call takes effect
   */
  arm(dies?: Death): Arm {
    this.app = this.open();
    let calls = 0;
    const fetch = async (request: Request) => {
      calls += 1;
      if (calls === dies?.atCall && dies.moment === "before") throw new Killed();
      const response = await this.app.fetch(request);
      if (calls === dies?.atCall) throw new Killed();
      return response;
    };
    return connect({
      url: "https://API.invalid",
      credential: {
        getToken: () => Promise.resolve({ token: "none", expiresOnTimestamp: Date.now() + 1e9 }),
      },
      httpClient: inProcess({ fetch }),
      retryDelayMs: 1,
      pollDelayMs: 1,
    });
  }

  deploy(deploymentName: string, state = "Succeeded"): void {
    const id = this.store.create(`${ML}OnlineDeployment`, {
      ...GROUP,
      workspaceName: "wsp",
      endpointName: "flood",
      deploymentName,
      sku: { name: "Default", tier: "Standard", capacity: 1 },
      properties: { endpointComputeType: "Managed" },
    }).id;
    if (state !== "Succeeded") this.setState(id, state);
  }

  /** @throws Refusal while it has traffic */
  remove(name: string): void {
    this.store.delete(deploymentId(name));
  }

  split(): Split {
    return liveSplit(this.store.read(ENDPOINT_ID));
  }

  endpoint(): CreatedResource {
    return this.store.read(ENDPOINT_ID)!;
  }

  /** Deployments by name, with their state. */
  deployments(): Record<string, string> {
    return Object.fromEntries(
      this.store.list(`${ML}OnlineDeployment`).map(({ id, outputs }) => {
        const { provisioningState } = outputs["properties"] as { provisioningState: string };
        return [id.split("/").at(-1) ?? "", provisioningState] as const;
      }),
    );
  }

  setSplit(split: Split): void {
    this.store.setSplit(ENDPOINT_ID, split);
  }

  /** Calls of the newest client that change something, as `PUT endpoint`. */
  writes(): string[] {
    return this.app.recorded
      .filter(({ method }) => method !== "GET")
      .map(({ method, path, status }) => {
        const what = path.includes("/deployments/") ? path.split("/").at(-1) : "endpoint";
        return `${method} ${what ?? ""} ${status}`;
      });
  }

  fail(...faults: readonly Fault[]): void {
    for (const fault of faults) this.faults.add(fault);
  }

  private open(): EmulatedArm {
    const options = { faults: this.faults, polls: this.polls, retryAfterSeconds: 0 };
    return emulatedArm(storeBackend(this.store), options);
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

export function deploymentId(name: string): string {
  return `${ENDPOINT_ID}/deployments/${name}`;
}

export function storeWithEndpoint(): AzureStore {
  const store = new AzureStore({
    subscriptionId: PLACE.subscriptionId,
    tenantId: "22222222-2222-3333-4444-555555555555",
    resourceGroups: ["rg"],
  });
  const created = (token: string, inputs: Record<string, unknown>) =>
    store.create(`azure-native:${token}`, { ...GROUP, ...inputs }).id;
  const logs = created("operationalinsights:Workspace", { workspaceName: "logs" });
  created("machinelearningservices:Workspace", {
    workspaceName: "wsp",
    storageAccount: created("storage:StorageAccount", { accountName: "storage1" }),
    keyVault: created("keyvault:Vault", { vaultName: "vault-1" }),
    containerRegistry: created("containerregistry:Registry", { registryName: "registry1" }),
    applicationInsights: created("applicationinsights:Component", {
      resourceName: "insights",
      workspaceResourceId: logs,
    }),
  });
  created("machinelearningservices:OnlineEndpoint", {
    workspaceName: "wsp",
    endpointName: "flood",
    identity: { type: "SystemAssigned" },
    properties: { authMode: "Key", publicNetworkAccess: "Enabled" },
    tags: { owner: "tests" },
  });
  return store;
}
