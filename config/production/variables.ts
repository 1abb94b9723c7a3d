import type { Problem } from "../../errors";
import { secretKind } from "../../secrets/detect";
import { problemAt } from "../azureml/problemAt";
import type { OnlineDeploymentDefinition } from "../types";

/** Variables that the Deployment and the image set: another value would run something else than what soaked. */
const OWN = [
  "AML_APP_ROOT",
  "AZUREML_ENTRY_SCRIPT",
  "AZUREML_MODEL_DIR",
  "DRAIN_SECONDS",
  "EXPECTED_RELEASE_ID",
  "GUNICORN_CMD_ARGS",
  "HOME",
  "PATH",
  "PYTHONHOME",
  "PYTHONPATH",
  "RELEASE_ID",
];

const OTHER_WAY = "use the workload identity, or read it from Key Vault in the code";

/**
 * Environment variables that a pod cannot have. Everybody who may read Deployments reads a pod's variables, so what
 * looks like a secret is refused; nor does anything in a cluster fill in Azure ML's `${{…}}` expressions.
 */
export function variableProblems(deployment: OnlineDeploymentDefinition): Problem[] {
  const { environmentVariables, file } = deployment;
  return Object.entries(environmentVariables).flatMap(([name, value]): Problem[] => {
    const message =
      secretKind(name, value) !== undefined
        ? `looks like a secret, which must not be in a manifest; ${OTHER_WAY}`
        : /^\$\{\{.*\}\}$/s.test(value)
          ? `is an expression that only Azure ML fills in; ${OTHER_WAY}`
          : OWN.includes(name)
            ? "is set by the image or the stack; leave it out"
            : undefined;
    return message === undefined ? [] : [problemAt(file, ["environment_variables", name], message)];
  });
}
