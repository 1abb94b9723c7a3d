import program from "./index";

/** What other Pulumi programs import as `mlscore` (docs/package.md). What is not exported here may change without notice. */

export { Assets, type AssetsArgs } from "./components/assets";
export { Observability, type ObservabilityArgs } from "./components/observability";
export type { DeploymentAssets } from "./components/onlineDeployment";
export type { EndpointWorkspace } from "./components/endpointWorkspace";
export { OnlineEndpoint, type OnlineEndpointArgs } from "./components/onlineEndpoint";
export { Registry, type RegistryArgs } from "./components/registry";
export { TrafficSplit, type TrafficSplitArgs } from "./components/trafficSplit";
export { Workspace, type UsedWorkspace, type WorkspaceArgs } from "./components/workspace";
export { loadEndpoint } from "./config/loadEndpoint";
export type { OnlineDeploymentDefinition, OnlineEndpointDefinition } from "./config/types";
export { ConfigError, UserError, type Problem } from "./errors";

/**
 * Declares the stack that the settings `mlscore:*` of `Pulumi.<stack>.yaml` describe (docs/configuration.md), and returns its
 * outputs. The function is a whole Pulumi program: `export = declareStack`.
 *
 * @throws ConfigError with every problem of the settings and of the endpoint's YAML
 */
export function declareStack(): Promise<Record<string, unknown>> {
  return program();
}
