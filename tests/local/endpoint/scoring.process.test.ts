/** What a request meets in a real inference server. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname } from "node:path";

import { until } from "./support/router";
import {
  closeAndExpectNothingLeft,
  deployment,
  endpoint,
  FIXTURES,
  groupMembers,
  labelOf,
  listeningPorts,
  startEndpoint,
  type TestEndpoint,
} from "./support/endpoint";

let running: TestEndpoint;

beforeAll(async () => {
  process.env["AZURE_CLIENT_SECRET"] = "the deployer's own secret";
  running = await startEndpoint();
  const changes = {
    requestTimeoutMs: 5000,
    modelDirectory: FIXTURES,
    environmentVariables: { LABEL: "blue", AZUREML_LOG_LEVEL: "INFO" },
  };
  await running.apply(endpoint([deployment("blue", changes)], { blue: 100 }));
});

afterAll(async () => {
  delete process.env["AZURE_CLIENT_SECRET"];
  await closeAndExpectNothingLeft();
});

describe("a scoring script", () => {
  it("answers with what it was sent and who it is", async () => {
    const answer = await running.call();
    expect(answer.status).toBe(200);
    expect(labelOf(answer)).toBe("blue");
    expect(answer.headers).toMatchObject({
      "azureml-model-deployment": "blue",
      "x-ms-server-version": "azmlinfsrv/1.5.1",
    });
  });

  it("that raises becomes 424 with the model's 500, and nothing of its stack", async () => {
    const answer = await running.call({ raise: true });
    expect(answer.status).toBe(424);
    expect(answer.headers["ms-azureml-model-error-statuscode"]).toBe("500");
    expect(answer.body).not.toContain("ValueError");
    const [instance] = running.status("blue").instances;
    await until(() => readFileSync(instance!.logPath, "utf8").includes("asked to raise"));
  });

  it("that answers 400 becomes 424 with the model's 400 and its body", async () => {
    const answer = await running.call({ bad_request: true });
    expect(answer.status).toBe(424);
    expect(answer.headers["ms-azureml-model-error-statuscode"]).toBe("400");
    expect(JSON.parse(answer.body)).toEqual({ message: "bad column" });
  });

  it("that takes too long becomes 408, and its worker is free again", async () => {
    expect((await running.call({ sleep: 10 })).status).toBe(408);
    expect((await running.call()).status).toBe(200);
  });

  it("that ends its own worker becomes 424, and the server gets a new worker", async () => {
    const answer = await running.call({ exit: true });
    expect(answer.status).toBe(424);
    expect(answer.headers["ms-azureml-model-error-statuscode"]).toBe("502");
    await until(async () => (await running.call()).status === 200);
    expect(running.status("blue").instances[0]).toMatchObject({ state: "ready", restarts: 0 });
  });

  it("sees Azure's variables and its own, and none of the caller's credentials", async () => {
    const environment = JSON.parse((await running.call({ environment: true })).body) as object;
    expect(environment).toMatchObject({
      AZUREML_MODEL_DIR: FIXTURES,
      AZUREML_ENTRY_SCRIPT: "echo.py",
      AML_APP_ROOT: FIXTURES,
      SCORING_TIMEOUT_MS: "5000",
      WORKER_COUNT: "1",
      LABEL: "blue",
    });
    expect(environment).not.toHaveProperty("AZURE_CLIENT_SECRET");
    expect(JSON.stringify(environment)).not.toContain(running.supervisor.keys().primaryKey);
  });

  it("has its Swagger behind the key", async () => {
    const { swaggerUri } = running.supervisor.status();
    const headers = { authorization: `Bearer ${running.supervisor.keys().secondaryKey}` };
    const answer = await fetch(swaggerUri, { headers });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ swagger: "2.0" });
    expect((await fetch(swaggerUri)).status).toBe(401);
  });
});

describe("an instance", () => {
  const { uid } = userInfo();

  it("listens on a socket that only its owner can open, and on no port", () => {
    const { socketPath, pid } = running.status("blue").instances[0]!;
    const modes = [socketPath!, dirname(socketPath!)].map((path) => statSync(path));
    expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o600, 0o700]);
    expect(modes.map((each) => each.uid)).toEqual([uid, uid]);
    // No ss or lsof everywhere: Linux tells by itself, elsewhere this is not looked at.
    if (process.platform !== "linux") return;
    expect(groupMembers(pid!).flatMap(listeningPorts)).toEqual([]);
    expect(listeningPorts(process.pid)).toContain(running.supervisor.status().port);
    expect(groupMembers(pid!).length).toBe(2);
  });

  // Only root can become somebody else.
  (uid === 0 ? it : it.skip)("cannot be called by another user of the machine", () => {
    const { socketPath } = running.status("blue").instances[0]!;
    const script = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])";
    const args = ["-c", script, socketPath!];
    expect(spawnSync("python3", args, { cwd: "/" }).status).toBe(0);
    const nobody = { cwd: "/", uid: 65534, gid: 65534, encoding: "utf8" } as const;
    expect(spawnSync("python3", args, nobody).stderr).toContain("PermissionError");
  });
});
