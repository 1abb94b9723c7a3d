import { describe, expect, it } from "@jest/globals";

import { instanceEnvironment } from "../../../local/endpoint/instanceEnvironment";
import { deployment } from "./support/endpoint";

const CALLER = {
  PATH: "/usr/bin",
  HOME: "/home/me",
  HTTPS_PROXY: "http://proxy:3128",
  SSL_CERT_FILE: "/etc/cert.pem",
  AZURE_CLIENT_SECRET: "secret",
  AZURE_FEDERATED_TOKEN_FILE: "/token",
  ARM_CLIENT_SECRET: "secret",
  AWS_SECRET_ACCESS_KEY: "secret",
  PULUMI_CONFIG_PASSPHRASE: "secret",
  PYTHONPATH: "/elsewhere",
  MSI_ENDPOINT: "http://169.254.169.254",
};
const variables = (changes: Parameters<typeof deployment>[1] = {}) =>
  instanceEnvironment(
    deployment("blue", { codeDirectory: "/code", environmentVariables: {}, ...changes }),
    "/cache/environment",
    "/state/home",
    CALLER,
  );

describe("the variables of a scoring process", () => {
  it("are Azure's, the path of its environment, and little of the caller's", () => {
    expect(variables({ scoringScript: "src/score.py", modelDirectory: "/model" })).toEqual({
      PATH: "/cache/environment/bin:/usr/bin",
      HOME: "/state/home",
      HTTPS_PROXY: "http://proxy:3128",
      SSL_CERT_FILE: "/etc/cert.pem",
      VIRTUAL_ENV: "/cache/environment",
      PYTHONUNBUFFERED: "1",
      PYTHONDONTWRITEBYTECODE: "1",
      AML_APP_ROOT: "/code/src",
      AZUREML_ENTRY_SCRIPT: "score.py",
      AZUREML_MODEL_DIR: "/model",
      SCORING_TIMEOUT_MS: "10000",
      WORKER_COUNT: "1",
    });
  });

  it("have one worker whatever the concurrency, unless the deployment says otherwise", () => {
    const three = { maxConcurrentRequestsPerInstance: 3 };
    expect(variables(three)["WORKER_COUNT"]).toBe("1");
    const own = { ...three, environmentVariables: { WORKER_COUNT: "5" } };
    expect(variables(own)["WORKER_COUNT"]).toBe("5");
  });

  it("include the deployment's own, but not Azure's names and nothing that opens the server", () => {
    const given = variables({
      environmentVariables: {
        OWN: "1",
        AML_APP_ROOT: "/forged",
        AZUREML_MODEL_DIR: "/forged",
        GUNICORN_CMD_ARGS: "--bind 0.0.0.0:80",
      },
    });
    expect(given).toMatchObject({ OWN: "1", AML_APP_ROOT: "/code" });
    expect(given).not.toHaveProperty("AZUREML_MODEL_DIR");
    expect(given).not.toHaveProperty("GUNICORN_CMD_ARGS");
  });
});
