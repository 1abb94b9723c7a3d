/** Runs an Azure ML managed online endpoint on this machine. */
export { connectSupervisor, type SupervisorClient } from "./controlClient";
export { endEverything } from "./endEverything";
export { closeOnSignals } from "./signals";
export { spawnSupervisor } from "./spawnSupervisor";
export { condaFileOf } from "./failureText";
export type { EndpointAmendment, EndpointSpec, TrialRequest } from "./spec";
export { startSupervisor } from "./supervisor";
export type {
  DeploymentStatus,
  EndpointStatus,
  MetricsSnapshot,
  OnEvent,
  Supervisor,
} from "./status";
