import type { LocalModel, OnlineDeploymentDefinition } from "./types";

/** The local MLflow model of a deployment; undefined where it has none. */
export function mlflowModelOf({ model }: OnlineDeploymentDefinition): LocalModel | undefined {
  return model?.kind === "local" && model.modelType === "mlflow_model" ? model : undefined;
}

/**
 * Whether a deployment has a model and no scoring script, so that its type says how it is served: as an MLflow model, or one
 * that is registered, whose type is not in the YAML (Azure ML, "Deploy MLflow models to online endpoints").
 */
export function isServedWithoutScript(deployment: OnlineDeploymentDefinition): boolean {
  const { codeConfiguration, model } = deployment;
  if (codeConfiguration !== undefined || model === undefined) return false;
  return model.kind !== "local" || mlflowModelOf(deployment) !== undefined;
}
