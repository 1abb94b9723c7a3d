import { describe, expect, it } from "@jest/globals";
import { variableProblems } from "../../../config/production/variables";
import { DEPLOYMENT } from "../../scoringObjects";
import { faults } from "./harness";

const found = (environmentVariables: Record<string, string>) =>
  variableProblems({ ...DEPLOYMENT, environmentVariables }).map(
    ({ file, key, message }) => `${file} ${key ?? ""}: ${message}`,
  );

describe("environment variables of the deployment that runs in the cluster", () => {
  it("may be anything plain", () => {
    expect(found({ WORKER_COUNT: "2", NOTE: "costs ${5}", PATTERN: "$(A)" })).toEqual([]);
  });

  it.each([
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
  ])("cannot be %s, which decides what runs", (name) => {
    expect(found({ [name]: "1" })).toEqual([
      `/project/blue.yml environment_variables.${name}: is set by the image or the stack; leave it out`,
    ]);
  });

  it("are refused together when they hold secrets or wait for Azure ML", () => {
    const variables = {
      API_KEY: "hunter2",
      FROM_VAULT: "${{keyvault:https://v.vault.azure.net/secrets/s}}",
      A: "1",
    };
    expect(found(variables)).toEqual([
      "/project/blue.yml environment_variables.API_KEY: looks like a secret, which must not be in a manifest; use the workload identity, or read it from Key Vault in the code",
      "/project/blue.yml environment_variables.FROM_VAULT: is an expression that only Azure ML fills in; use the workload identity, or read it from Key Vault in the code",
    ]);
  });

  it("are told with all other problems, and only of the deployment that runs", async () => {
    const secret = /^environment_variables\.UPSTREAM_API_KEY: looks like a secret/;
    const wrong = await faults({ deployment: "blue", hostname: "Not A Host" });
    expect(wrong).toHaveLength(2);
    expect(wrong.filter((fault) => secret.test(fault))).toHaveLength(1);
    expect(await faults({ deployment: "green" })).toEqual([]);
  });
});
