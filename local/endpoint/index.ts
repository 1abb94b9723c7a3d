/** Runs an Azure ML managed online endpoint on this machine. */
export { connectSupervisor, type SupervisorClient } from "./controlClient";
export { endEverything } from "./endEverything";
export { closeOnSignals } from "./signals";
export { spawnSupervisor } from "./spawnSupervisor";
export { buildOnce } from "./buildOnce";
export { newestLog } from "./logFiles";
export { followLog, type LogFollower } from "./followLog";
export { condaFileOf } from "./failureText";
export type {
  AutoscaleSpec,
  CallerSpec,
  DeploymentSpec,
  EndpointAmendment,
  EndpointSpec,
  ProbeSpec,
  ScaleMetric,
  ScaleRule,
  TrialRequest,
} from "./spec";
export { capturedLine, type CapturedLine } from "./capture/capturedLine";
export type { CaptureRequest } from "./capture/settings";
export type { CaptureStatus } from "./capture/status";
export { faultText, type Fault, type FaultRequest } from "./fault";
export type { TokenRequest } from "./entra/tokenRequest";
export { startSupervisor } from "./supervisor";
export type {
  ApplyOptions,
  AutoscaleStatus,
  ComparisonSnapshot,
  DeploymentStatus,
  EndpointStatus,
  MetricsSnapshot,
  OnEvent,
  Supervisor,
} from "./status";
