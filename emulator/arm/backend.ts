import type { Split } from "../../traffic/split";
import type { EndpointKeys, EndpointToken } from "../../traffic/liveEndpoint";

/** A resource as ARM answers. */
export interface ArmDocument {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly kind?: string;
  readonly sku?: Readonly<Record<string, unknown>>;
  readonly identity?: ArmIdentity;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface ArmIdentity {
  readonly type: string;
  readonly principalId?: string;
  readonly tenantId?: string;
  readonly userAssignedIdentities?: Readonly<Record<string, unknown>>;
}

/** What a PUT of an endpoint asks for, already checked. */
export interface DesiredEndpoint {
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly kind?: string;
  readonly identity?: ArmIdentity;
  /** With the spelling of the deployments' own names. */
  readonly split: Split;
  /** All other properties that can be written, `authMode` among them. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What a PUT of a deployment asks for. */
export interface DesiredDeployment {
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly sku?: Readonly<Record<string, unknown>>;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A version of code, a model, an environment or data. */
export interface AssetVersionDocument {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly systemData: Readonly<Record<string, unknown>>;
  readonly properties: Readonly<Record<string, unknown>>;
}

interface LogRequest {
  readonly containerType: string;
  /** Lines, from the end. */
  readonly tail: number;
}

/**
 * What the ARM API shows and changes. Ids are in ARM's spelling; names in them count in any case. Whatever is refused is
 * refused with a `Refusal` before anything has changed.
 */
export interface ArmBackend {
  /** All of the subscription. */
  workspaces(): Promise<ArmDocument[]>;
  endpoints(workspaceId: string): Promise<ArmDocument[]>;
  endpoint(id: string): Promise<ArmDocument | undefined>;
  deployments(endpointId: string): Promise<ArmDocument[]>;
  /** Makes the endpoint, or replaces all of it that can change. */
  putEndpoint(id: string, desired: DesiredEndpoint): Promise<void>;
  deleteEndpoint(id: string): Promise<void>;
  putDeployment(id: string, desired: DesiredDeployment): Promise<void>;
  deleteDeployment(id: string): Promise<void>;
  assetVersion(id: string): Promise<AssetVersionDocument | undefined>;
  /** Registers the version, or writes what of it can change. */
  putAssetVersion(id: string, properties: Readonly<Record<string, unknown>>): Promise<void>;
  keys(endpointId: string): Promise<EndpointKeys>;
  token(endpointId: string): Promise<EndpointToken>;
  logs(deploymentId: string, request: LogRequest): Promise<string>;
}
