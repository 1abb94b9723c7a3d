import { KUBERNETES_SCALING, type DeploymentYaml } from "./deploymentSchema";
import { instanceTypeProblem } from "./instanceType";
import type { Report } from "./issues";

/**
 * Rules about how the parts of a deployment fit together.
 * Sources: Microsoft Learn "CLI (v2) managed online deployment YAML schema", "Use a custom container to deploy a model",
 * "Deploy MLflow models to online endpoints", "Deploy with Triton"; limits: "Manage and increase quotas".
 */
export function checkParts(deployment: Partial<DeploymentYaml>, report: Report): void {
  if (deployment.type === "kubernetes") {
    report.error(
      ["type"],
      "is {value}; this project deploys managed online endpoints, which do not run on your own Kubernetes cluster",
    );
  }
  if (deployment.scale_settings?.type === "target_utilization") {
    report.error(["scale_settings", "type"], `is {value}, which ${KUBERNETES_SCALING}`);
  }
  // With one of the three unreadable, what is missing beside it cannot be said.
  if (
    !["model", "environment", "code_configuration"].some(
      (key) => !(key in deployment) && report.hasError([key]),
    )
  ) {
    checkWhatRuns(deployment, report);
  }
  checkInstanceType(deployment.instance_type, report);
  checkWorkers(deployment, report);
  if (deployment.request_settings?.max_queue_wait_ms !== undefined) {
    report.warning(
      ["request_settings", "max_queue_wait_ms"],
      "is deprecated in Azure; raise request_timeout_ms instead",
    );
  }
  if (deployment.egress_public_network_access !== undefined) {
    report.warning(
      ["egress_public_network_access"],
      "belongs to the legacy network isolation and must not be set in a workspace with a managed network, which replaces it",
    );
  }
}

/**
 * The inference server starts WORKER_COUNT workers, one unless the YAML passes it on, and each answers one request at a
 * time (reference-yaml-deployment-managed-online, RequestSettings, max_concurrent_requests_per_instance).
 */
function checkWorkers(deployment: Partial<DeploymentYaml>, report: Report): void {
  const concurrency = deployment.request_settings?.max_concurrent_requests_per_instance ?? 1;
  const workerCount = String(deployment.environment_variables?.["WORKER_COUNT"] ?? 1);
  const workers = Number(workerCount);
  const isOwnServer =
    typeof deployment.environment === "object" &&
    deployment.environment.inference_config !== undefined;
  if (deployment.code_configuration === undefined || isOwnServer) return;
  if (!/^\+?0*[1-9]\d*$/.test(workerCount.trim())) {
    // A reference may stand for anything.
    if (workerCount.includes("$")) return;
    report.warning(
      ["environment_variables", "WORKER_COUNT"],
      "is {value}; the inference server takes a whole number from 1, and answers nothing with another value",
    );
    return;
  }
  if (workers >= concurrency) return;
  report.warning(
    ["request_settings", "max_concurrent_requests_per_instance"],
    `is {value}, and the server has ${workers === 1 ? "one worker" : `${workers} workers`}, so requests wait for each other; set environment_variables.WORKER_COUNT: "${concurrency}"`,
  );
}

/** Which of model, code and environment a deployment needs, and which are optional. */
function checkWhatRuns(deployment: Partial<DeploymentYaml>, report: Report): void {
  const { model, environment, code_configuration: code } = deployment;
  const modelType = typeof model === "object" ? (model.type ?? "custom_model") : undefined;
  // Azure serves MLflow and Triton models without code or environment; what a registered model is, only Azure knows.
  const needsNoCode = modelType === "mlflow_model" || modelType === "triton_model";
  if (environment === undefined) {
    if (code !== undefined) {
      report.error(["environment"], "is missing; scoring code needs an environment to run in");
    } else if (model === undefined) {
      report.error(["environment"], "is missing, and so is the model: there is nothing to run");
    } else if (typeof model === "string") {
      report.warning(
        ["environment"],
        "is missing; that works only when the registered model is an MLflow or a Triton model",
      );
    } else if (!needsNoCode) {
      report.error(
        ["environment"],
        "is missing; a model of type custom_model needs one (only mlflow_model and triton_model do not)",
      );
    }
    return;
  }
  if (typeof environment === "string") return;
  const isCustomContainer = environment.inference_config !== undefined;
  if (code === undefined && !isCustomContainer && !needsNoCode) {
    report.error(
      ["code_configuration"],
      "is missing; give the scoring code, or environment.inference_config when the container brings its own server",
    );
  }
  if (deployment.model_mount_path !== undefined && !isCustomContainer) {
    report.warning(
      ["model_mount_path"],
      "has an effect in custom containers only, which have environment.inference_config",
    );
  }
}

function checkInstanceType(size: string | undefined, report: Report): void {
  const at = ["instance_type"];
  if (size === undefined || report.hasError(at)) return;
  if (!/^Standard_[A-Z0-9_]+$/i.test(size)) {
    report.error(
      at,
      "is {value}; must be a VM size, which begins with Standard_, such as Standard_DS3_v2",
    );
    return;
  }
  const problem = instanceTypeProblem(size);
  if (problem !== undefined) report.error(at, problem);
  else if (/^Standard_(?:DS1_v2|F2s_v2)$/i.test(size)) {
    report.warning(
      at,
      "is {value}, which is often too small to start an inference server; Standard_DS3_v2 is the documentation's choice",
    );
  }
}

/** Names of environment variables. */
export function checkVariables(variables: Readonly<Record<string, string>>, report: Report): void {
  for (const name of Object.keys(variables)) {
    const at = ["environment_variables", name];
    if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name)) {
      report.error(
        at,
        "is not a valid name for an environment variable: letters, digits, _ - and . only, not beginning with a digit",
      );
    }
  }
}
