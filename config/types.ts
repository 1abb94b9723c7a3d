import type { Split } from "../traffic/split";
import type { Budget } from "./budget";
import type { Autoscales } from "./autoscaleTypes";
import type { SandboxNames } from "./names";
import type { Notify } from "./notify";
import type { Objectives } from "./objectives";
import type { SandboxNetwork } from "./networkTypes";
import type { Pause } from "./pause";
import type { Caller, Principal } from "./principal";
import type { RolloutPlan } from "./rollout";
import type { Telemetry } from "./telemetryFields";

/**
 * What config/ hands to components/: the Azure ML YAML and the stack's settings after reading, checking and
 * completing. Plain data in Azure's words and units; no Pulumi outputs, no resources, no paths left to resolve.
 */

/** One file of a local asset, as it is uploaded. */
export interface AssetFile {
  /** Path below the asset's root with forward slashes, for example `model/weights.onnx`. */
  readonly path: string;
  /** Absolute path on this machine. */
  readonly source: string;
}

/** A file or folder on this machine that becomes a version of an asset in the workspace. */
export interface LocalAsset {
  readonly kind: "local";
  /**
   * Asset name; the YAML's `name`, otherwise made from the endpoint's and deployment's names. A model without `version`
   * in the YAML has the first 16 digits of `contentHash` behind its name.
   */
  readonly name: string;
  /** SHA-256 of names and bytes of all files, in hex. Same bytes, same hash, on every machine. */
  readonly contentHash: string;
  /** Asset version: the YAML's `version`, otherwise the first 16 digits of `contentHash`, or "1" for a model. */
  readonly version: string;
  /**
   * `file`: `files` has one entry, named as the file. `folder`: a model's paths begin with the folder's own name, as
   * Azure lays it out (`$AZUREML_MODEL_DIR/<folder>/…`; the resolved name for `path: .`); the paths of code and of a
   * build context begin below the folder.
   */
  readonly shape: "file" | "folder";
  readonly files: readonly AssetFile[];
}

/** An asset that exists already. */
export type AssetReference =
  /** `azureml:name:version`, in this workspace. */
  | { readonly kind: "workspace"; readonly name: string; readonly version: string }
  /** `azureml:name@label`; only where the stack runs on this machine alone. */
  | { readonly kind: "label"; readonly name: string; readonly label: string }
  /**
   * `azureml://registries/<registry>/<models|environments>/<name>/versions/<version>`, or a full ARM id; where the stack
   * runs on this machine alone also one with a label, and the path of a model in the cloud.
   */
  | { readonly kind: "id"; readonly id: string };

type ModelType = "custom_model" | "mlflow_model" | "triton_model";

export interface LocalModel extends LocalAsset {
  readonly modelType: ModelType;
  readonly description?: string;
  /** Of its life cycle, such as Production. */
  readonly stage?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Can be added to later, never removed or changed. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Settings by flavour of the model's format. */
  readonly flavors?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** An environment written in the YAML. Exactly one of `image` and `buildContext` is there. */
export interface InlineEnvironment {
  readonly kind: "inline";
  readonly name: string;
  readonly version: string;
  readonly image?: string;
  /** Text of the conda file (Azure takes the text, not a path). */
  readonly condaFile?: string;
  readonly buildContext?: LocalAsset & { readonly dockerfilePath: string };
  readonly inferenceConfig?: InferenceConfig;
  readonly description?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
  /** SHA-256 of image, conda file, build context and inference config, in hex. */
  readonly contentHash: string;
}

export interface Route {
  readonly path: string;
  readonly port: number;
}

export interface InferenceConfig {
  readonly livenessRoute?: Route;
  readonly readinessRoute?: Route;
  readonly scoringRoute?: Route;
  readonly startupRoute?: Route;
}

export interface CodeConfiguration {
  readonly code: LocalAsset | AssetReference;
  /** Path of the scoring script below the code folder. */
  readonly scoringScript: string;
}

/** Times in seconds; a missing property has Azure's default. */
export interface Probe {
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly successThreshold?: number;
  readonly failureThreshold?: number;
}

interface RequestSettings {
  /** @default 5000 ms; at most 180 000 on managed endpoints. */
  readonly requestTimeoutMs: number;
  /** @default 1 */
  readonly maxConcurrentRequestsPerInstance: number;
  /** Deprecated in Azure, passed on when given. */
  readonly maxQueueWaitMs?: number;
}

export interface DataCollection {
  readonly enabled: boolean;
  /** Share of requests collected, 0 to 1. */
  readonly samplingRate?: number;
  /** Client id of the identity that writes the collected data. */
  readonly clientId?: string;
  /** Id of the existing data asset that receives it. */
  readonly dataId?: string;
  /** The data asset to register for it, when it is described in the YAML. */
  readonly data?: CollectedData;
}

/** A data asset of what a collection collects; names, path and version as the CLI completes them. */
export interface CollectedData {
  readonly name: string;
  readonly version: string;
  /** `azureml://datastores/<datastore>/paths/<path>` */
  readonly path: string;
}

export interface DataCollector {
  readonly collections: Readonly<Record<string, DataCollection>>;
  readonly rollingRate?: "Year" | "Month" | "Day" | "Hour" | "Minute";
  readonly captureHeaders?: readonly string[];
}

export interface OnlineDeploymentDefinition {
  /** The YAML file it was read from, absolute. */
  readonly file: string;
  readonly name: string;
  readonly description?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
  readonly model?: LocalModel | AssetReference;
  readonly modelMountPath?: string;
  readonly codeConfiguration?: CodeConfiguration;
  readonly environment?: InlineEnvironment | AssetReference;
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly instanceType: string;
  readonly instanceCount: number;
  readonly requestSettings: RequestSettings;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
  readonly dataCollector?: DataCollector;
  readonly appInsightsEnabled: boolean;
  readonly egressPublicNetworkAccess?: "Enabled" | "Disabled";
}

export type EndpointAuthMode = "Key" | "AMLToken" | "AADToken";

export type EndpointIdentity =
  | { readonly type: "SystemAssigned" }
  | { readonly type: "UserAssigned"; readonly resourceIds: readonly string[] };

/** An endpoint with its deployments. `traffic` has an entry for every deployment, zeros too. */
export interface OnlineEndpointDefinition extends Split {
  /** The YAML file it was read from, absolute. */
  readonly file: string;
  readonly name: string;
  readonly description?: string;
  readonly authMode: EndpointAuthMode;
  /** Missing: the stack makes a user-assigned identity of its own. */
  readonly identity?: EndpointIdentity;
  readonly publicNetworkAccess: "Enabled" | "Disabled";
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
  /** In the order of their names: the order in which they are written. */
  readonly deployments: readonly OnlineDeploymentDefinition[];
}

/** What every stack has. */
export interface CommonConfig {
  /** Who previews the stack and looks for drift; they may read what that needs, and nothing else. */
  readonly readers: readonly Principal[];
  readonly subscription: { readonly id: string; readonly name?: string };
  readonly resourceGroup: { readonly name: string; readonly create: boolean };
  readonly location: string;
  /** From 1; part of what the stack's names are made from. */
  readonly generation: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly logRetentionDays: number;
  readonly budget?: Budget | undefined;
  /** Who is called when an alert fires; missing: nobody. */
  readonly notify?: Notify;
  readonly objectives: Objectives;
  /** Whether the stack declares dashboards. */
  readonly dashboards: boolean;
  /** Guards what holds data or serves requests (cluster, workspace, storage, vault, registry) against deletion. */
  readonly protect: boolean;
}

/** The workspace that holds the endpoint. */
export interface WorkspacePlace {
  readonly name: string;
  readonly resourceGroupName: string;
  /** Whether the stack creates it; otherwise it exists already and is never changed. */
  readonly isOwn: boolean;
}

export interface SandboxConfig extends CommonConfig {
  readonly target: "sandbox";
  readonly names: SandboxNames;
  readonly workspace: WorkspacePlace;
  readonly network: SandboxNetwork;
  /** Who may upload code and models. */
  readonly deployers: readonly Principal[];
  /** Who may score with a token of Entra. */
  readonly callers: readonly Caller[];
  /** GUID of the role that they get; missing: the stack makes it. */
  readonly callerRole?: string;
  readonly endpoint: OnlineEndpointDefinition;
  readonly autoscale: Autoscales;
  readonly telemetry: Telemetry;
  /** Missing: its deployments run. */
  readonly pause?: Pause;
  /** How requests are shifted to a new deployment; read by `npm run rollout` alone. */
  readonly rollout?: RolloutPlan;
}
