/** Runs an Azure ML managed online endpoint on this machine. */
export { connectSupervisor, type SupervisorClient } from "./controlClient";
export { closeOnSignals } from "./signals";
export { spawnSupervisor } from "./spawnSupervisor";
export { condaFileOf, yamlKey } from "./failureText";
export type {
  DeploymentSpec,
  EndpointAmendment,
  EndpointSpec,
  ProbeSpec,
  TrialRequest,
} from "./spec";
export { startSupervisor, type Supervisor, type SupervisorOptions } from "./supervisor";
export type {
  BringUp,
  DeploymentStatus,
  EndpointKeys,
  EndpointStatus,
  EndpointToken,
  InstanceStatus,
  MetricsSnapshot,
  MirrorSnapshot,
  OnEvent,
  Phase,
  ProgressEvent,
} from "./status";
