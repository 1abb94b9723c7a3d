import { describe, expect, it } from "@jest/globals";
import {
  answerOf,
  ENDPOINT,
  refusal,
  VERSION,
  blueAndGreen,
  type Answer,
  type ArmHarness,
} from "../../armHarness";

/** Long-running operations and the lag of what is shown. How long Azure really takes is not proved by this. */

const BUSY = refusal(
  409,
  "Conflict",
  "Conflict of operation, another operation on same entity is already running in workspace ws.",
);

async function follow({ armApi }: ArmHarness, url: string | null): Promise<Answer> {
  return answerOf(await armApi.fetch(new Request(url ?? "")));
}

const stateAndTraffic = ({ body }: Answer) => {
  const { provisioningState, traffic } = (body as { properties: Record<string, unknown> })
    .properties;
  return [provisioningState, traffic];
};

describe("a PUT of an endpoint that is there", () => {
  it("answers 200 with what was asked for, Updating, and where to follow the operation", async () => {
    const shop = blueAndGreen();
    const answer = await shop.put({ blue: 90, green: 10 });
    expect(answer.status).toBe(200);
    expect(stateAndTraffic(answer)).toEqual(["Updating", { blue: 90, green: 10 }]);
    const address = answer.headers.get("azure-asyncoperation");
    expect(address).toMatch(
      /^https:\/\/api\.test\/subscriptions\/[0-9a-f-]{36}\/providers\/Microsoft\.MachineLearningServices\/locations\/canadacentral\/mfeOperationsStatus\/oe:[0-9a-f-]{36}\?api-version=2025-12-01$/,
    );
    expect(answer.headers.get("location")).toBeNull();
    expect(answer.headers.get("retry-after")).toBeNull();
  });

  it("is InProgress once and Succeeded then, with times", async () => {
    const shop = blueAndGreen();
    const url = (await shop.put({ green: 100 })).headers.get("azure-asyncoperation");
    const first = await follow(shop, url);
    const time = expect.stringMatching(/^20\d\d-\d\d-\d\dT/) as unknown;
    const name = expect.stringMatching(/^oe:/) as unknown;
    const id = expect.stringContaining("/mfeOperationsStatus/oe:") as unknown;
    const properties = { resourceId: ENDPOINT };
    expect(first.body).toEqual({ id, name, status: "InProgress", startTime: time, properties });
    const second = await follow(shop, url);
    expect(second.body).toEqual({
      id,
      name,
      status: "Succeeded",
      startTime: time,
      endTime: time,
      properties,
    });
  });

  it("tells clients to wait as long as it was told to, and only while it is under way", async () => {
    const shop = blueAndGreen();
    const { emulatedArm } = await import("../../../emulator/arm/app");
    const { storeBackend } = await import("../../../emulator/arm/storeBackend");
    const armApi = emulatedArm(storeBackend(shop.store), { retryAfterSeconds: 7 });
    const patch = { method: "PATCH", body: JSON.stringify({ tags: {} }) };
    const accepted = await armApi.fetch(new Request(`https://x${ENDPOINT}?${VERSION}`, patch));
    expect(accepted.headers.get("retry-after")).toBe("7");
    const url = accepted.headers.get("azure-asyncoperation") ?? "";
    const waits = [];
    for (let poll = 0; poll < 2; poll += 1) {
      waits.push((await armApi.fetch(new Request(url))).headers.get("retry-after"));
    }
    expect(waits).toEqual(["7", null]);
  });

  it("shows what was before until it has ended, although the effect is there", async () => {
    const shop = blueAndGreen();
    await shop.put({ green: 100 });
    expect(shop.split()).toEqual({ traffic: { green: 100 }, mirrorTraffic: {} });
    expect(stateAndTraffic(await shop.call("GET"))).toEqual(["Updating", { blue: 100, green: 0 }]);
    expect(stateAndTraffic(await shop.call("GET"))).toEqual(["Succeeded", { green: 100 }]);
  });

  it("ends for a client that only tries again", async () => {
    const shop = blueAndGreen();
    await shop.put({ green: 100 });
    expect(await shop.put({ blue: 100 })).toMatchObject(BUSY);
    expect((await shop.put({ blue: 100 })).status).toBe(200);
    expect(shop.split()).toEqual({ traffic: { blue: 100 }, mirrorTraffic: {} });
  });

  it("leaves no operation behind when it is refused", async () => {
    const shop = blueAndGreen();
    expect((await shop.put({ blue: 1 })).status).toBe(400);
    expect((await shop.put({ blue: 100 })).status).toBe(200);
  });
});

describe("a PATCH or a DELETE", () => {
  it("answers 202 and nothing else, with an address of the result", async () => {
    const shop = blueAndGreen();
    const answer = await shop.call("PATCH", "", { tags: { a: "1" } });
    expect([answer.status, answer.text]).toEqual([202, ""]);
    const url = answer.headers.get("location");
    expect(url).toMatch(/\/mfeOperationResults\/oe:[0-9a-f-]{36}\?api-version=2025-12-01$/);
    expect((await follow(shop, url)).status).toBe(202);
    const result = await follow(shop, url);
    expect([result.status, (result.body as { tags: object }).tags]).toEqual([200, { a: "1" }]);
  });

  it("of a deployment has no result when it is deleted", async () => {
    const shop = blueAndGreen();
    const answer = await shop.call("DELETE", "/deployments/green");
    const url = answer.headers.get("location");
    expect(url).toMatch(/\/mfeOperationResults\/od:/);
    const results = [await follow(shop, url), await follow(shop, url), await follow(shop, url)];
    expect(results.map(({ status, text }) => [status, text])).toEqual([
      [202, ""],
      [204, ""],
      [204, ""],
    ]);
  });
});

describe("while an operation runs", () => {
  const body = { location: "canadacentral", properties: { endpointComputeType: "Managed" } };
  it.each([
    ["endpoint", "PUT", "", "PUT", "/deployments/purple", body],
    ["endpoint", "PUT", "", "DELETE", "/deployments/green", undefined],
    ["deployment", "PUT", "/deployments/purple", "PATCH", "", { tags: {} }],
    ["deployment", "PUT", "/deployments/purple", "PUT", "/deployments/orange", body],
    ["deployment", "DELETE", "/deployments/green", "PUT", "/deployments/orange", body],
  ])(
    "on the %s (%s %s), a second write (%s %s) is refused",
    async (_on, method, path, secondMethod, secondPath, second) => {
      const shop = blueAndGreen();
      const first =
        path === "" ? { location: "canadacentral", properties: { authMode: "Key" } } : body;
      const accepted = await shop.call(method, path, method === "DELETE" ? undefined : first);
      expect([200, 201, 202]).toContain(accepted.status);
      expect(await shop.call(secondMethod, secondPath, second)).toMatchObject(BUSY);
    },
  );

  it("only one of many writes at once is taken", async () => {
    const shop = blueAndGreen();
    const splits = Array.from({ length: 8 }, (_, index) => ({
      blue: 92 + index,
      green: 8 - index,
    }));
    const answers = await Promise.all(splits.map((desired) => shop.put(desired)));
    const taken = answers.map(({ status }, index) => [status, index]).filter(([s]) => s === 200);
    expect(answers.filter(({ status }) => status === 409).length + taken.length).toBe(8);
    const last = taken.at(-1)?.[1] ?? -1;
    expect(shop.split()).toEqual({ traffic: splits[last], mirrorTraffic: {} });
  });

  it("other endpoints are written all the same", async () => {
    const shop = blueAndGreen();
    await shop.put({ green: 100 });
    const url = `https://api.test${ENDPOINT.replace("flood", "drought")}?${VERSION}`;
    const other = { location: "canadacentral", properties: { authMode: "Key" } };
    const request = new Request(url, { method: "PUT", body: JSON.stringify(other) });
    expect((await shop.armApi.fetch(request)).status).toBe(201);
  });

  it("asking for an operation that there is not is refused", async () => {
    const shop = blueAndGreen();
    const [, , subscription = ""] = ENDPOINT.split("/");
    const url =
      `https://api.test/subscriptions/${subscription}/providers/Microsoft.MachineLearningServices` +
      `/locations/canadacentral/mfeOperationsStatus/oe:none?${VERSION}`;
    expect(await follow(shop, url)).toMatchObject(
      refusal(404, "ResourceNotFound", "there is no operation oe:none"),
    );
  });
});
