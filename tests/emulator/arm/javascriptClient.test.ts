import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AzureMachineLearningWorkspaces } from "@azure/arm-machinelearning";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { ArmServer } from "../../../emulator/arm/server";
import { SUBSCRIPTION } from "../../stacks";
import { ENDPOINT, blueAndGreen, type ArmHarness } from "../../armHarness";

/**
 * Azure's own client for JavaScript, unchanged, against the API over HTTPS. It proves that the API speaks as this client
 * reads; what Azure itself would do with the same calls it does not.
 */

let shop: ArmHarness;
let directory: string;
let armServer: ArmServer;
beforeEach(async () => {
  shop = blueAndGreen();
  directory = mkdtempSync(join(tmpdir(), "arm-server-"));
  armServer = await shop.serve(directory, () => Promise.reject(new Error("not asked for")));
});
afterEach(async () => {
  await armServer.close();
  rmSync(directory, { recursive: true });
});

describe("@azure/arm-machinelearning", () => {
  const where = ["rg", "ws"] as const;
  const client = () =>
    new AzureMachineLearningWorkspaces(
      {
        getToken: () => {
          const token = readFileSync(armServer.tokenPath, "utf8");
          return Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3_600_000 });
        },
      },
      SUBSCRIPTION,
      {
        endpoint: armServer.url,
        tlsOptions: { ca: readFileSync(armServer.authorityPath, "utf8") },
        retryOptions: { retryDelayInMs: 1, maxRetryDelayInMs: 5 },
      },
    );
  const fast = { updateIntervalInMs: 1 };

  it("lists endpoints and deployments", async () => {
    const names = [];
    for await (const { name } of client().onlineEndpoints.list(...where)) names.push(name);
    expect(names).toEqual(["flood"]);
    const deployments = [];
    for await (const { name, sku } of client().onlineDeployments.list(...where, "flood")) {
      deployments.push([name, sku?.capacity]);
    }
    expect(deployments).toEqual([
      ["blue", 2],
      ["green", 1],
    ]);
  });

  it("reads an endpoint, changes its split and waits for the operation", async () => {
    const { onlineEndpoints } = client();
    const endpoint = await onlineEndpoints.get(...where, "flood");
    expect(endpoint.properties.traffic).toEqual({ blue: 100, green: 0 });
    endpoint.properties.traffic = { blue: 70, green: 30 };
    const updated = await onlineEndpoints.beginCreateOrUpdateAndWait(
      ...where,
      "flood",
      endpoint,
      fast,
    );
    expect(updated.properties).toMatchObject({
      traffic: { blue: 70, green: 30 },
      provisioningState: "Succeeded",
    });
    expect(shop.split()).toEqual({ traffic: { blue: 70, green: 30 }, mirrorTraffic: {} });
  });

  it("loses the copies when it writes, since its API version does not know them", async () => {
    const { onlineEndpoints } = client();
    shop.store.setSplit(ENDPOINT, { traffic: { blue: 100 }, mirrorTraffic: { green: 10 } });
    const endpoint = await onlineEndpoints.get(...where, "flood");
    await onlineEndpoints.beginCreateOrUpdateAndWait(...where, "flood", endpoint, fast);
    expect(shop.split()).toEqual({ traffic: { blue: 100 }, mirrorTraffic: {} });
  });

  it("changes tags by PATCH and deletes a deployment", async () => {
    const { onlineEndpoints, onlineDeployments } = client();
    const patched = await onlineEndpoints.beginUpdateAndWait(
      ...where,
      "flood",
      { tags: { a: "1" } },
      fast,
    );
    expect(patched.tags).toEqual({ a: "1" });
    await onlineDeployments.beginDeleteAndWait(...where, "flood", "green", fast);
    await expect(onlineDeployments.get(...where, "flood", "green")).rejects.toMatchObject({
      statusCode: 404,
      code: "ResourceNotFound",
    });
  });

  it("makes an endpoint and a deployment", async () => {
    const { onlineEndpoints, onlineDeployments } = client();
    const created = await onlineEndpoints.beginCreateOrUpdateAndWait(
      ...where,
      "drought",
      { location: "canadacentral", properties: { authMode: "Key" } },
      fast,
    );
    expect(created.properties.provisioningState).toBe("Succeeded");
    const deployment = await onlineDeployments.beginCreateOrUpdateAndWait(
      ...where,
      "drought",
      "blue",
      {
        location: "canadacentral",
        sku: { name: "Default", capacity: 1 },
        properties: { endpointComputeType: "Managed", instanceType: "Standard_DS3_v2" },
      },
      fast,
    );
    expect(deployment.properties).toMatchObject({
      instanceType: "Standard_DS3_v2",
      provisioningState: "Succeeded",
    });
  });

  it("gets keys and logs, and is refused a token", async () => {
    const { onlineEndpoints, onlineDeployments } = client();
    const keys = await onlineEndpoints.listKeys(...where, "flood");
    expect(keys.primaryKey).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys.secondaryKey).not.toBe(keys.primaryKey);
    const logs = await onlineDeployments.getLogs(...where, "flood", "blue", { tail: 10 });
    expect(logs).toEqual({ content: "" });
    await expect(onlineEndpoints.getToken(...where, "flood")).rejects.toMatchObject({
      statusCode: 400,
    });
  });

  it("comes through throttling, a broken service and lost connections", async () => {
    const { onlineEndpoints } = client();
    shop.fault({ kind: "throttled", retryAfterSeconds: 0 });
    shop.fault({ kind: "internal" });
    shop.fault({ kind: "droppedConnection", moment: "before" });
    expect((await onlineEndpoints.get(...where, "flood")).name).toBe("flood");
    expect(armServer.recorded.map(({ status }) => status)).toEqual(["dropped", 429, 500, 200]);
  });

  it("tells of an operation that fails", async () => {
    const { onlineEndpoints } = client();
    shop.fault({ kind: "failedOperation", code: "OutOfCapacity", message: "no room" });
    const endpoint = await onlineEndpoints.get(...where, "flood");
    await expect(
      onlineEndpoints.beginCreateOrUpdateAndWait(...where, "flood", endpoint, fast),
    ).rejects.toThrow(/failed|no room/i);
  });
});
