import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { emulatedArm, type EmulatedArm } from "../../../emulator/arm/app";
import { inProcess } from "../../../emulator/arm/httpClient";
import { liveBackend } from "../../../local/arm/liveBackend";
import { tailOfLogs } from "../../../local/logs";
import { connectSupervisor, type SupervisorClient } from "../../../local/endpoint";
import { connect } from "../../../traffic/arm";
import { writeEndpoint } from "../../../traffic/writeEndpoint";
import { deployment, labelOf } from "../endpoint/support/endpoint";
import { liveSpec, NAME, STACK, startLiveStack, SUBSCRIPTION, type LiveStack } from "./liveStack";
import { answerOf, refusal, TOKEN, VERSION, type Answer } from "../../armHarness";

/** The ARM API over an endpoint that really runs on this machine. */

let stack: LiveStack;
let client: SupervisorClient;
let armApi: EmulatedArm;
beforeAll(async () => {
  stack = await startLiveStack();
  const connected = await connectSupervisor(stack.directory);
  if (connected === undefined) throw new Error("no supervisor");
  client = connected;
});
afterAll(() => stack.close());
beforeEach(async () => {
  await stack.running.apply(liveSpec());
  armApi = emulatedArm(liveBackend(STACK, client), { polls: 0, retryAfterSeconds: 0 });
});

async function call(method: string, path = "", body?: object): Promise<Answer> {
  const url = `https://arm.test${stack.endpointId}${path}?${VERSION}`;
  const given = body === undefined ? {} : { body: JSON.stringify(body) };
  return answerOf(await armApi.fetch(new Request(url, { method, ...given })));
}

interface Shown {
  readonly location: string;
  readonly tags: Record<string, string>;
  readonly sku?: { readonly capacity: number };
  readonly properties: Record<string, unknown>;
}
const shown = async (path = "") => (await call("GET", path)).body as Shown;
const states = async () => {
  const { value } = (await call("GET", "/deployments")).body as {
    value: (Shown & { name: string })[];
  };
  return Object.fromEntries(
    value.map(({ name, sku, properties }) => [
      name,
      [properties["provisioningState"], sku?.capacity],
    ]),
  );
};

describe("what is shown", () => {
  it("is what was declared, with what is live", async () => {
    const { tags, location, properties } = await shown();
    expect({ tags, location }).toEqual({
      tags: { domain: "hydrology" },
      location: "canadacentral",
    });
    const { port } = stack.running.supervisor.status();
    expect(properties).toMatchObject({
      authMode: "Key",
      publicNetworkAccess: "Enabled",
      traffic: { blue: 90, green: 10 },
      mirrorTraffic: {},
      provisioningState: "Succeeded",
      scoringUri: `http://127.0.0.1:${port}/score`,
      swaggerUri: `http://127.0.0.1:${port}/swagger.json`,
    });
    // Declared with two instances; one runs.
    expect(await states()).toEqual({ blue: ["Succeeded", 1], green: ["Succeeded", 1] });
  });

  it("never shows a secret, nor what is kept of it", async () => {
    const { properties } = await shown("/deployments/blue");
    expect(properties["environmentVariables"]).toEqual({
      WORKER_COUNT: "1",
      UPSTREAM_API_KEY: "[secret]",
    });
  });

  it("has the workspace with its location", async () => {
    const url = `https://arm.test${stack.workspaceId}?${VERSION}`;
    const { status, body } = await answerOf(await armApi.fetch(new Request(url)));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: stack.workspaceId,
      name: stack.workspaceName,
      type: "Microsoft.MachineLearningServices/workspaces",
      location: "canadacentral",
      properties: { provisioningState: "Succeeded" },
    });
  });

  it("gives the endpoint's keys and the end of a deployment's log", async () => {
    expect((await call("POST", "/listKeys")).body).toEqual(stack.running.supervisor.keys());
    await stack.running.call({});
    const { content } = (await call("POST", "/deployments/blue/getLogs", { tail: 1000 })).body as {
      content: string;
    };
    expect(content).toContain("echo is ready");
    expect(content).toContain("==> blue, instance 0");
    expect(content).not.toContain("==> green");
    const body = { tail: 1, containerType: "StorageInitializer" };
    expect((await call("POST", "/deployments/blue/getLogs", body)).body).toEqual({ content: "" });
  });

  it("says that a restarting instance's deployment has succeeded", async () => {
    await stack.running.call({ exit: true }, { "azureml-model-deployment": "green" });
    expect((await states())["green"]).toEqual(["Succeeded", 1]);
  });

  it("shows what an apply is doing, and takes no write meanwhile", async () => {
    const next = [deployment("blue"), deployment("green"), deployment("purple")];
    let during: unknown;
    const apply = client.apply(liveSpec({ deployments: next }), ({ deployment: name, phase }) => {
      if (name !== "purple" || phase !== "starting") return;
      during = Promise.all([states(), shown(), call("PATCH", "", { tags: {} })]);
    });
    await apply;
    const [deployments, { properties }, write] = (await during) as [object, Shown, Answer];
    expect(deployments).toEqual({
      blue: ["Succeeded", 1],
      green: ["Succeeded", 1],
      purple: ["Creating", 1],
    });
    expect(properties["provisioningState"]).toBe("Updating");
    expect(write).toMatchObject({ status: 409 });
    expect((await states())["purple"]).toEqual(["Succeeded", 1]);
  });

  it("says that a deployment that never came up has failed, until the next apply", async () => {
    const broken = deployment("purple", { scoringScript: "fails_in_init.py" });
    const deployments = [deployment("blue"), deployment("green"), broken];
    await expect(client.apply(liveSpec({ deployments }), () => undefined)).rejects.toThrow();
    expect(await states()).toEqual({
      blue: ["Succeeded", 1],
      green: ["Succeeded", 1],
      purple: ["Failed", 1],
    });
    const traffic = { blue: 90, purple: 10 };
    const { location, properties } = await shown();
    expect(
      await call("PUT", "", { location, properties: { ...properties, traffic } }),
    ).toMatchObject(refusal(400, "BadRequest", "purple is Failed and not Succeeded"));
    const zero = { blue: 80, green: 20, purple: 0 };
    const updated = await call("PUT", "", {
      location,
      properties: { ...properties, traffic: zero },
    });
    expect(updated.status).toBe(200);
    expect((await client.status()).traffic).toEqual({ blue: 80, green: 20 });
    await stack.running.apply(liveSpec());
    expect(Object.keys(await states())).toEqual(["blue", "green"]);
  });
});

describe("a deployment that is declared and was not started", () => {
  const onlyBlue = () => liveSpec({ deployments: [deployment("blue")], traffic: { blue: 100 } });

  it("has a state of its own until it is started, and gets no traffic", async () => {
    await stack.running.apply(onlyBlue());
    expect(await states()).toEqual({ blue: ["Succeeded", 1], green: ["NotStarted", 1] });
    const { location, properties } = await shown();
    const traffic = { blue: 90, green: 10 };
    expect(
      await call("PUT", "", { location, properties: { ...properties, traffic } }),
    ).toMatchObject(refusal(400, "BadRequest", "green is NotStarted and not Succeeded"));
    await stack.running.apply(liveSpec());
    expect((await states())["green"]).toEqual(["Succeeded", 1]);
  });

  it("has no log, and is told how to start", async () => {
    await stack.running.apply(onlyBlue());
    const status = await client.status();
    expect(() => tailOfLogs(status, "green", ["blue", "green"])).toThrow(
      "The deployment green is declared and does not run on this machine, so it has no log. Start it with: npm run local -- up --all",
    );
    expect(() => tailOfLogs(status, "purple", ["blue", "green"])).toThrow(
      'There is no deployment "purple"; there are: blue.',
    );
  });
});

describe("a write", () => {
  const place = () => ({
    subscriptionId: SUBSCRIPTION,
    resourceGroupName: "rg",
    workspaceName: stack.workspaceName,
    endpointName: NAME,
  });

  it("of split and tags reaches the router, and starts no process", async () => {
    const before = stack.running.supervisor.status().deployments.map(({ instances }) => instances);
    const arm = connect({
      url: "https://arm.test",
      credential: TOKEN,
      httpClient: inProcess(armApi),
      pollDelayMs: 1,
    });
    const split = { traffic: { blue: 0, green: 100 }, mirrorTraffic: {} };
    const change = { split, tags: { "mlscore-rollout": "r1" } };
    const live = await writeEndpoint(arm, place(), () => change, { retryDelayMs: 1 });
    expect(live.split).toEqual(split);
    const { traffic, tags, deployments } = await client.status();
    expect({ traffic, tags }).toEqual({
      traffic: { blue: 0, green: 100 },
      tags: { domain: "hydrology", "mlscore-rollout": "r1" },
    });
    expect(labelOf(await stack.running.call())).toBe("green");
    const pids = (all: readonly { readonly pid?: number }[]) => all.map(({ pid }) => pid);
    expect(deployments.map(({ instances }) => pids(instances))).toEqual(before.map(pids));
  });

  it("of what is declared is refused with the command that changes it, and changes nothing", async () => {
    const { location, properties } = await shown();
    const traffic = { blue: 0, green: 100 };
    const changed = { ...properties, traffic, description: "other" };
    expect(await call("PUT", "", { location, properties: changed })).toMatchObject(
      refusal(
        400,
        "BadRequest",
        `description of the endpoint ${NAME} cannot change here: the local endpoint runs what is declared. ` +
          "Change the YAML and run: npm run local -- up",
      ),
    );
    expect((await client.status()).traffic).toEqual({ blue: 90, green: 10 });
  });

  it.each([
    ["PATCH", "/deployments/blue", { sku: { capacity: 3 } }, "capacity of the deployment blue"],
    ["DELETE", "", undefined, "npm run local -- down"],
  ])("%s %s is refused", async (method, path, body, words) => {
    expect(await call(method, path, body)).toMatchObject(
      refusal(400, "BadRequest", expect.stringContaining(words)),
    );
  });

  it("of a deployment as it is changes nothing and is taken", async () => {
    const blue = await shown("/deployments/blue");
    expect((await call("PUT", "/deployments/blue", blue)).status).toBe(200);
  });

  it("that deletes is refused: in Azure's words with traffic, with the command without", async () => {
    expect(await call("DELETE", "/deployments/blue")).toMatchObject(
      refusal(400, "BadRequest", expect.stringContaining("You must first set its traffic to 0%.")),
    );
    await client.amend({ traffic: { blue: 100 }, mirrorTraffic: {}, tags: {} });
    expect(await call("DELETE", "/deployments/green")).toMatchObject(
      refusal(400, "BadRequest", expect.stringContaining("npm run local -- up")),
    );
  });

  it("makes no endpoint", async () => {
    const id = stack.endpointId.replace(NAME, "drought");
    const body = JSON.stringify({ location: "canadacentral", properties: { authMode: "Key" } });
    const request = new Request(`https://arm.test${id}?${VERSION}`, { method: "PUT", body });
    expect(await answerOf(await armApi.fetch(request))).toMatchObject(
      refusal(
        400,
        "BadRequest",
        expect.stringContaining("the endpoint drought cannot be created here"),
      ),
    );
  });
});
