import { describe, expect, it } from "@jest/globals";
import { variableProblems } from "../../../config/production/variables";
import { DEPLOYMENT } from "../../scoringObjects";
import { faults } from "./workshop";

const found = (environmentVariables: Record<string, string>, secretVariables: string[] = []) =>
  variableProblems({ ...DEPLOYMENT, environmentVariables, secretVariables }).map(
    ({ file, key, message }) => `${file} ${key ?? ""}: ${message}`,
  );

describe("environment variables of the deployment that runs in the cluster", () => {
  it("may be anything plain", () => {
    expect(found({ WORKER_COUNT: "2", NOTE: "costs ${5}", PATTERN: "$(A)" })).toEqual([]);
  });

  it("are refused together when they hold secrets, wait for Azure ML or are the stack's own", () => {
    const variables = {
      API_KEY: "hunter2",
      FROM_VAULT: "${{keyvault:https://v.vault.azure.net/secrets/s}}",
      EXPECTED_RELEASE_ID: "1",
      DRAIN_SECONDS: "1",
      A: "1",
    };
    expect(found(variables, ["API_KEY"])).toEqual([
      "/project/blue.yml environment_variables.API_KEY: looks like a secret, which must not stand in a manifest; use the workload identity, or read it from Key Vault in the code",
      "/project/blue.yml environment_variables.FROM_VAULT: is an expression that only Azure ML fills in; use the workload identity, or read it from Key Vault in the code",
      "/project/blue.yml environment_variables.EXPECTED_RELEASE_ID: is set by the stack itself; leave it out",
      "/project/blue.yml environment_variables.DRAIN_SECONDS: is set by the stack itself; leave it out",
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
