/** Runs an Azure ML managed online endpoint on this machine. */
export { connectSupervisor, type SupervisorClient } from "./controlClient";
export { endEverything } from "./endEverything";
export { closeOnSignals } from "./signals";
export { spawnSupervisor } from "./spawnSupervisor";
export type { EndpointAmendment, EndpointSpec } from "./spec";
export { startSupervisor } from "./supervisor";
export type {
  DeploymentStatus,
  EndpointStatus,
  MetricsSnapshot,
  OnEvent,
  Supervisor,
} from "./status";
