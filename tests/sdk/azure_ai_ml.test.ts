import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Faults } from "../../emulator/arm/faults";
import { liveBackend } from "../../local/arm/liveBackend";
import { startArmServer, type ArmServer } from "../../emulator/arm/server";
import {
  liveSpec,
  NAME,
  STACK,
  startLiveStack,
  SUBSCRIPTION,
  type LiveStack,
} from "../local/arm/liveStack";
import { sdkPython } from "./python";

/**
 * Azure's own client for Python, unchanged and pinned, against the ARM API of an endpoint that really runs. It proves that the
 * API responds as this client reads; what Azure itself would do with the same calls it does not.
 */

const python = sdkPython();
const SESSION_MS = 120_000;

interface Endpoint {
  readonly name: string;
  readonly traffic: Record<string, number>;
  readonly mirrorTraffic: Record<string, number>;
  readonly tags: Record<string, string>;
  readonly state: string;
  readonly scoringUri: string;
  readonly authMode: string;
  readonly location: string;
}

interface Session {
  readonly listed: string[];
  readonly first: Endpoint;
  readonly deployments: [string, string, number][];
  readonly toGreen: Endpoint;
  readonly answersOfGreen: string[];
  readonly mirrored: Endpoint;
  readonly answersOfBlue: string[];
  readonly tagged: Endpoint;
  readonly refused: { readonly status: number; readonly message: string };
  readonly afterRefusal: Endpoint;
  readonly named: string[];
  readonly keys: string[];
  readonly logs: string;
}

(python === undefined ? describe.skip : describe)("azure-ai-ml", () => {
  let stack: LiveStack;
  let armServer: ArmServer;
  let session: Session;
  const faults = new Faults();

  beforeAll(async () => {
    stack = await startLiveStack();
    const { supervisor } = stack.running;
    armServer = await startArmServer({
      backend: liveBackend(STACK, supervisor),
      directory: stack.directory,
      subscriptionId: SUBSCRIPTION,
      faults,
      scoringToken: async () => (await supervisor.token()).accessToken,
    });
    session = await run();
  });
  afterAll(async () => {
    await armServer.close();
    await stack.close();
  });

  /** The script with the environment that `npm run local -- arm` tells people to set, and nothing else of theirs. */
  async function run(): Promise<Session> {
    const request = join(stack.directory, "request.json");
    writeFileSync(request, "{}");
    const { stdout } = await promisify(execFile)(
      python ?? "",
      [
        join(__dirname, "azure_ai_ml_client.py"),
        ...[SUBSCRIPTION, "rg", stack.workspaceName, NAME, request],
      ],
      {
        timeout: SESSION_MS,
        env: {
          PATH: process.env["PATH"],
          HOME: stack.directory,
          ARM_CLOUD_METADATA_URL: `${armServer.url}/metadata/endpoints?api-version=2019-05-01`,
          REQUESTS_CA_BUNDLE: armServer.authorityPath,
          IDENTITY_ENDPOINT: `${armServer.url}/identity`,
          IDENTITY_HEADER: readFileSync(armServer.tokenPath, "utf8"),
        },
      },
    );
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Session;
  }

  it("lists the endpoint and its deployments", () => {
    expect(session.listed).toEqual([NAME]);
    expect(session.deployments).toEqual([
      ["blue", "Succeeded", 1],
      ["green", "Succeeded", 1],
    ]);
  });

  it("reads the endpoint with everything that the YAML can say", () => {
    expect(session.first).toEqual({
      name: NAME,
      traffic: { blue: 90, green: 10 },
      mirrorTraffic: {},
      tags: { domain: "hydrology" },
      state: "Succeeded",
      scoringUri: `http://127.0.0.1:${stack.running.supervisor.status().port}/score`,
      authMode: "key",
      location: "canadacentral",
    });
  });

  it("invokes a deployment by its name, whatever the split", () => {
    expect(session.named).toEqual(["green", "blue"]);
  });

  it("moves the traffic, and the next requests go there", () => {
    // The client leaves zeros out of what it writes and adds them to what it reads.
    expect(session.toGreen).toEqual({ ...session.first, traffic: { green: 100 } });
    expect(session.answersOfGreen).toEqual(["green", "green", "green"]);
    expect(session.answersOfBlue).toEqual(["blue", "blue", "blue"]);
  });

  it("mirrors traffic", () => {
    expect(session.mirrored).toEqual({
      ...session.first,
      traffic: { blue: 100 },
      mirrorTraffic: { green: 50 },
    });
  });

  it("keeps the split when it writes tags, since it writes back what it read", () => {
    expect(session.tagged).toEqual({ ...session.mirrored, tags: { purpose: "sdk" } });
  });

  it("is told why a split is refused, and nothing has changed", () => {
    expect(session.refused.status).toBe(400);
    expect(session.refused.message).toContain(
      "(BadRequest) traffic sums to 90; 0 or 100 is allowed",
    );
    expect(session.afterRefusal).toEqual(session.tagged);
  });

  it("gets keys and logs", () => {
    const { primaryKey, secondaryKey } = stack.running.supervisor.keys();
    expect(session.keys).toEqual([primaryKey, secondaryKey]);
    expect(session.logs).toContain("echo is ready");
    expect(session.logs).not.toContain("==> green");
  });

  it("comes through throttling, a broken service, a slow operation and lost connections", async () => {
    await stack.running.apply(liveSpec());
    faults.add({ kind: "throttled", retryAfterSeconds: 1, method: "PUT" });
    faults.add({ kind: "internal", path: "mfeOperationsStatus" });
    faults.add({ kind: "slowOperation", polls: 3 });
    faults.add({ kind: "droppedConnection", moment: "before", method: "GET" });
    const { logs: _earlier, ...expected } = session;
    expect(await run()).toMatchObject(expected);
    expect(faults.pending()).toEqual([]);
  });
});
