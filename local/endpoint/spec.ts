/**
 * What the local endpoint is asked to run. It is read out of the evaluated stack (the resources as declared), so
 * units and words are Azure's; the endpoint runner knows nothing of the product's YAML or components.
 */

import type { Split } from "../../traffic/split";

/** Times in seconds, all filled in with Azure's defaults (10, 10, 2, 1, 30). */
export interface ProbeSpec {
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly successThreshold: number;
  readonly failureThreshold: number;
}

/** By Azure Monitor's names: of the deployment's instances in percent, or of its requests in milliseconds. */
export type ScaleMetric =
  | "CpuUtilizationPercentage"
  | "RequestLatency"
  | "RequestLatency_P50"
  | "RequestLatency_P90"
  | "RequestLatency_P95"
  | "RequestLatency_P99";

export interface ScaleRule {
  readonly metric: ScaleMetric;
  readonly operator: "GreaterThan" | "LessThan";
  readonly threshold: number;
  /** How long the metric is looked back on. */
  readonly windowMs: number;
  readonly direction: "Increase" | "Decrease";
  /** How many are added or removed. */
  readonly instances: number;
  readonly cooldownMs: number;
}

/** The limits between which a deployment's number of instances is chosen, and by which rules. */
export interface AutoscaleSpec {
  readonly minimum: number;
  readonly maximum: number;
  readonly default: number;
  /** Of an instance: what 100 percent of its CPU are. */
  readonly cores: number;
  readonly rules: readonly ScaleRule[];
}

export interface DeploymentSpec {
  readonly name: string;
  /** Changes whenever anything that the running processes depend on changes; same id, nothing to restart. */
  readonly revision: string;
  /** With `autoscale`: of a deployment that does not run yet. */
  readonly instanceCount: number;
  readonly autoscale?: AutoscaleSpec;
  /** Absolute folder with the scoring code, a private copy of what was uploaded. */
  readonly codeDirectory: string;
  /** Path of the scoring script below `codeDirectory`. */
  readonly scoringScript: string;
  /** Absolute folder given to the script as AZUREML_MODEL_DIR; missing when the deployment has no model. */
  readonly modelDirectory?: string;
  /** Folder below `modelDirectory` of an MLflow model, when the script is the one for models without a script. */
  readonly mlflowModel?: string;
  /** Text of the conda file. */
  readonly condaFile: string;
  /** Absolute folder of a build context whose bake.py completes the environment that the conda file describes. */
  readonly buildDirectory?: string;
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly requestTimeoutMs: number;
  readonly maxConcurrentRequestsPerInstance: number;
  readonly livenessProbe: ProbeSpec;
  readonly readinessProbe: ProbeSpec;
  readonly startupProbe?: ProbeSpec;
  /** Port of the loopback address at which its worker listens for a debugger. @default it does not */
  readonly debugPort?: number;
}

/** Who has a role on the endpoint that allows to score with a token of Entra. */
export interface CallerSpec {
  readonly objectId: string;
  readonly principalType: "User" | "Group" | "ServicePrincipal";
}

/** A request that every deployment has to answer before it gets requests of callers. */
export interface TrialRequest {
  /** JSON. */
  readonly body: string;
  /** The user's file that it is from; missing for one that stands in where there is none. */
  readonly file?: string;
}

export interface EndpointSpec extends Split {
  readonly name: string;
  readonly authMode: "Key" | "AMLToken" | "AADToken";
  /** Only asked with AADToken. @default nobody but this machine's user */
  readonly callers?: readonly CallerSpec[];
  readonly deployments: readonly DeploymentSpec[];
  /** As on the endpoint in Azure; only kept and shown. */
  readonly tags: Readonly<Record<string, string>>;
  /** @default no deployment is tried */
  readonly trial?: TrialRequest;
}

/** What of a running endpoint can change without any deployment changing; all of it is replaced. */
export type EndpointAmendment = Pick<EndpointSpec, "traffic" | "mirrorTraffic" | "tags">;
