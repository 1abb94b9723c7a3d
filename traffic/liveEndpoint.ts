import type { Arm } from "./arm";
import type { Split, Traffic } from "./split";

/** Where a managed online endpoint is. */
export interface EndpointPlace {
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
  readonly workspaceName: string;
  readonly endpointName: string;
}

/** An online endpoint as ARM answers (Microsoft.MachineLearningServices/workspaces/onlineEndpoints). */
export interface EndpointBody {
  readonly location: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly identity?: EndpointIdentityBody;
  readonly kind?: string | null;
  readonly sku?: unknown;
  readonly properties: EndpointProperties;
}

export interface EndpointIdentityBody {
  readonly type: string;
  readonly userAssignedIdentities?: Readonly<Record<string, unknown>>;
}

interface EndpointProperties {
  readonly provisioningState?: string;
  readonly scoringUri?: string | null;
  readonly swaggerUri?: string | null;
  readonly authMode: string;
  readonly traffic?: Traffic | null;
  readonly mirrorTraffic?: Traffic | null;
  readonly description?: string | null;
  readonly publicNetworkAccess?: string;
  readonly properties?: Readonly<Record<string, string>> | null;
}

interface DeploymentBody {
  readonly name: string;
  readonly sku?: { readonly capacity?: number };
  readonly properties: { readonly provisioningState?: string };
}

/**
 * State of a deployment that was left out when the endpoint was started on this machine. Azure has no such state
 * (`KnownDeploymentProvisioningState` of @azure/arm-machinelearning): one that it creates is started.
 */
export const NOT_STARTED = "NotStarted";

export interface LiveDeployment {
  readonly name: string;
  /** `Succeeded` is the only one that may get traffic. */
  readonly provisioningState: string;
  readonly instanceCount: number;
  /** What is behind the state, where it is known: `has 0 of 2 pods available`. */
  readonly detail?: string;
  /** `name@sha256:…` of what it runs, where that is what makes it one release or another. */
  readonly image?: string;
}

/** How requests are divided now, wherever that is. */
export interface LiveSplit {
  readonly tags: Readonly<Record<string, string>>;
  readonly split: Split;
  readonly deployments: readonly LiveDeployment[];
}

/** The same of a managed online endpoint. */
export interface LiveEndpoint extends LiveSplit {
  readonly body: EndpointBody;
  readonly etag: string | undefined;
}

/** As Azure's `listKeys` answers. */
export interface EndpointKeys {
  readonly primaryKey: string;
  readonly secondaryKey: string;
}

/** As Azure's `token` operation on an online endpoint answers; times in seconds since 1970. */
export interface EndpointToken {
  readonly accessToken: string;
  readonly tokenType: "Bearer";
  readonly expiryTimeUtc: number;
  readonly refreshAfterTimeUtc: number;
}

export function endpointId({
  subscriptionId,
  resourceGroupName,
  workspaceName,
  endpointName,
}: EndpointPlace): string {
  return (
    `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName}` +
    `/providers/Microsoft.MachineLearningServices/workspaces/${workspaceName}/onlineEndpoints/${endpointName}`
  );
}

/** The endpoint with its deployments; undefined when there is none. @throws ArmError */
export async function readEndpoint(
  arm: Arm,
  place: EndpointPlace,
): Promise<LiveEndpoint | undefined> {
  const id = endpointId(place);
  const found = await arm.get<EndpointBody>(id);
  if (found === undefined) return undefined;
  const deployments = await arm.list<DeploymentBody>(`${id}/deployments`);
  return {
    ...found,
    tags: found.body.tags ?? {},
    split: {
      traffic: found.body.properties.traffic ?? {},
      mirrorTraffic: found.body.properties.mirrorTraffic ?? {},
    },
    deployments: deployments.map(({ name, sku, properties }) => ({
      name,
      provisioningState: properties.provisioningState ?? "Unknown",
      instanceCount: sku?.capacity ?? 1,
    })),
  };
}
