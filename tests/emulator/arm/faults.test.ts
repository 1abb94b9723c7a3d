import { describe, expect, it } from "@jest/globals";
import { Faults, parseFault } from "../../../emulator/arm/faults";
import { writeEndpoint } from "../../../traffic/writeEndpoint";
import {
  BODY,
  ENDPOINT,
  PLACE,
  refusal,
  blueAndGreen,
  WORKSPACE,
  type ArmHarness,
} from "../../armHarness";

/** Every fault, by what a client sees of it, and that this project's own writer comes through it. */

const calls = ({ armApi }: ArmHarness) =>
  armApi.recorded.map(({ method, path, status }) => {
    const kept = path.includes("mfeOperations") ? " operation" : path.slice(ENDPOINT.length);
    return `${method}${kept} ${status}`;
  });

describe("a fault", () => {
  it("goes off as often as it says, and only for its method and path", () => {
    const faults = new Faults();
    faults.add({ kind: "internal", method: "GET", path: "/Deployments", times: 2 });
    expect(faults.take("PUT", "/a/deployments", "internal")).toBeUndefined();
    expect(faults.take("GET", "/a", "internal")).toBeUndefined();
    expect(faults.take("GET", "/a/deployments", "conflict")).toBeUndefined();
    expect(faults.pending()).toHaveLength(1);
    expect(faults.take("GET", "/a/deployments", "internal")).toBeDefined();
    expect(faults.take("GET", "/b/deployments/c", "conflict", "internal")).toBeDefined();
    expect(faults.take("GET", "/a/deployments", "internal")).toBeUndefined();
    expect(faults.pending()).toEqual([]);
  });

  it("goes off after those that were switched on before it, and not when they are cleared", () => {
    const faults = new Faults();
    faults.add({ kind: "conflict" });
    faults.add({ kind: "internal" });
    expect(faults.take("GET", "/", "internal", "conflict")?.kind).toBe("conflict");
    faults.clear();
    expect(faults.take("GET", "/", "internal", "conflict")).toBeUndefined();
  });

  it.each([
    ["of no kind", { times: 1 }],
    ["of a kind that there is not", { kind: "earthquake" }],
    ["without its number", { kind: "staleReads" }],
    ["with a number of none", { kind: "slowOperation", polls: 0 }],
    ["with what its kind does not have", { kind: "internal", polls: 1 }],
  ])("is refused: one %s", (_what, fault) => {
    expect(() => parseFault(fault)).toThrow();
  });
});

describe("a call is answered, instead of as usual,", () => {
  it("with 409", async () => {
    const shop = blueAndGreen();
    shop.fault({ kind: "conflict" });
    expect(await shop.call("GET")).toMatchObject(
      refusal(409, "Conflict", "Conflict of operation, another operation is running."),
    );
    expect((await shop.call("GET")).status).toBe(200);
  });

  it("with 429 and how long to wait", async () => {
    const shop = blueAndGreen();
    shop.fault({ kind: "throttled", retryAfterSeconds: 3 });
    const answer = await shop.call("GET");
    expect(answer).toMatchObject(
      refusal(429, "TooManyRequests", "The request is being throttled."),
    );
    expect(answer.headers.get("retry-after")).toBe("3");
  });

  it("with 500, and nothing has changed", async () => {
    const shop = blueAndGreen();
    shop.fault({ kind: "internal", method: "PUT" });
    expect(await shop.put({ green: 100 })).toMatchObject(
      refusal(500, "InternalServerError", "The service has an internal problem."),
    );
    expect(shop.split()).toEqual({ traffic: { blue: 100, green: 0 }, mirrorTraffic: {} });
  });

  it.each([
    ["before", { blue: 100, green: 0 }],
    ["after", { green: 100 }],
  ] as const)("not at all: a connection that is lost %s the change", async (moment, traffic) => {
    const shop = blueAndGreen();
    shop.fault({ kind: "droppedConnection", moment, method: "PUT" });
    await expect(shop.put({ green: 100 })).rejects.toThrow("was lost");
    expect(shop.split()).toMatchObject({ traffic });
    expect(shop.armApi.recorded).toEqual([{ method: "PUT", path: ENDPOINT, status: "dropped" }]);
  });
});

describe("the creation of an endpoint", () => {
  const other = { ...BODY, tags: {} };
  const create = (shop: ArmHarness) => shop.call("PUT", "2", other);

  it("answers NotFound once, as after a deletion, and no change of one that is there does", async () => {
    const shop = blueAndGreen();
    shop.fault({ kind: "notFoundAfterDeletion" });
    expect((await shop.call("PUT", "", BODY)).status).toBe(200);
    const { status, body } = await create(shop);
    expect(status).toBe(404);
    expect(body).toEqual({
      error: {
        code: "NotFound",
        message: "The specified resource was not found.",
        details: [{ code: "InferencingClientCallFailed", message: '{"title":"Not Found"}' }],
      },
    });
    expect((await create(shop)).status).toBe(201);
  });

  it("is refused with the reason in the details when the region has the name in another workspace", async () => {
    const shop = blueAndGreen({ existing: [`${WORKSPACE}2`] });
    const { resourceGroupName } = PLACE;
    shop.store.create("azure-native:machinelearningservices:OnlineEndpoint", {
      ...{ resourceGroupName, workspaceName: "ws2", endpointName: "FLOOD2" },
      ...other,
    });
    const { status, body } = await create(shop);
    expect(status).toBe(400);
    const reason =
      "There is already an endpoint with this name, Endpoint name needs to be unique within a region. Try some other name.";
    const inner = { errors: { "": [reason] }, title: "One or more validation errors occurred." };
    expect(body).toEqual({
      error: {
        code: "BadRequest",
        message: "The request is invalid.",
        details: [{ code: "InferencingClientCallFailed", message: JSON.stringify(inner) }],
      },
    });
  });
});

describe("an operation", () => {
  const statuses = async (shop: ArmHarness, url: string | null, polls: number) => {
    const seen = [];
    for (let poll = 0; poll < polls; poll += 1) {
      const response = await shop.armApi.fetch(new Request(url ?? ""));
      seen.push(((await response.json()) as { status: string }).status);
    }
    return seen;
  };

  it("takes so many polls", async () => {
    const shop = blueAndGreen();
    shop.fault({ kind: "slowOperation", polls: 3 });
    const url = (await shop.put({ green: 100 })).headers.get("azure-asyncoperation");
    expect(await statuses(shop, url, 5)).toEqual([
      "InProgress",
      "InProgress",
      "InProgress",
      "Succeeded",
      "Succeeded",
    ]);
  });

  it("fails with a code and a message, and has changed nothing", async () => {
    const shop = blueAndGreen();
    shop.fault({
      kind: "failedOperation",
      code: "InferencingClientCallFailed",
      message: "no room",
    });
    const url = (await shop.put({ green: 100 })).headers.get("azure-asyncoperation") ?? "";
    expect(await statuses(shop, url, 2)).toEqual(["InProgress", "Failed"]);
    const response = await shop.armApi.fetch(new Request(url));
    expect(await response.json()).toMatchObject({
      status: "Failed",
      error: { code: "InferencingClientCallFailed", message: "no room" },
    });
    expect(shop.split()).toEqual({ traffic: { blue: 100, green: 0 }, mirrorTraffic: {} });
    expect((await shop.put({ green: 100 })).status).toBe(200);
  });

  it("has succeeded, and so many reads still show what was before it", async () => {
    const shop = blueAndGreen({ polls: 0 });
    shop.fault({ kind: "staleReads", reads: 2 });
    await shop.put({ green: 100 });
    const shown = [];
    for (let read = 0; read < 3; read += 1) {
      const { body } = await shop.call("GET");
      shown.push((body as { properties: { traffic: object } }).properties.traffic);
    }
    expect(shown).toEqual([{ blue: 100, green: 0 }, { blue: 100, green: 0 }, { green: 100 }]);
  });

  it("has succeeded, and so many writes are still refused", async () => {
    const shop = blueAndGreen({ polls: 0 });
    shop.fault({ kind: "busyAfterSuccess", writes: 2 });
    await shop.put({ green: 100 });
    expect(await shop.put({ blue: 100 })).toMatchObject(
      refusal(
        400,
        "BadRequest",
        "Cannot update endpoint flood because it is in Updating provisioning state.",
      ),
    );
    const body = { location: "canadacentral", properties: { endpointComputeType: "Managed" } };
    expect(await shop.call("PUT", "/deployments/purple", body)).toMatchObject(
      refusal(
        400,
        "BadRequest",
        "Cannot create a deployment in endpoint flood because it is in Updating provisioning state.",
      ),
    );
    expect((await shop.put({ blue: 100 })).status).toBe(200);
  });
});

describe("writeEndpoint", () => {
  const desired = { traffic: { blue: 90, green: 10 }, mirrorTraffic: {} };
  const write = (shop: ArmHarness) =>
    writeEndpoint(shop.client(), PLACE, () => ({ split: desired }), {
      retryDelayMs: 1,
      attempts: 10,
    });

  it.each([
    ["no fault", [], 1],
    ["a conflict", [{ kind: "conflict", method: "PUT" }], 2],
    ["throttling", [{ kind: "throttled", retryAfterSeconds: 0, method: "PUT" }], 2],
    ["a broken service", [{ kind: "internal", method: "PUT" }], 2],
    ["a broken status", [{ kind: "internal", path: "mfeOperationsStatus" }], 1],
    ["a slow operation", [{ kind: "slowOperation", polls: 5 }], 1],
    ["stale reads", [{ kind: "staleReads", reads: 3 }], 1],
    ["a request that is lost", [{ kind: "droppedConnection", moment: "before", method: "PUT" }], 2],
    ["a lost read", [{ kind: "droppedConnection", moment: "after", method: "GET" }], 1],
  ] as const)("writes the split through %s", async (_what, faults, puts) => {
    const shop = blueAndGreen();
    for (const fault of faults) shop.fault(fault);
    const live = await write(shop);
    expect(live.split).toEqual(desired);
    expect(shop.split()).toEqual(desired);
    expect(shop.faults.pending()).toEqual([]);
    expect(calls(shop).filter((call) => call.startsWith("PUT "))).toHaveLength(puts);
  });

  it("writes the split through an answer that is lost, after the change took effect", async () => {
    const shop = blueAndGreen();
    shop.fault({ kind: "droppedConnection", moment: "after", method: "PUT" });
    expect((await write(shop)).split).toEqual(desired);
    expect(shop.split()).toEqual(desired);
    // The pipeline sends the same PUT again, which finds the endpoint at work or written.
    expect(calls(shop).slice(0, 4)).toEqual([
      "GET 200",
      "GET/deployments 200",
      "PUT dropped",
      expect.stringMatching(/^PUT (409|412)$/) as unknown,
    ]);
  });

  it("writes the split although the write before it is not over", async () => {
    const shop = blueAndGreen({ polls: 0 });
    shop.fault({ kind: "busyAfterSuccess", writes: 2 });
    await shop.put({ blue: 100, green: 0 });
    expect((await write(shop)).split).toEqual(desired);
    expect(calls(shop).filter((call) => call === "PUT 400")).toHaveLength(2);
  });

  it("decides anew when somebody else wrote in between", async () => {
    const shop = blueAndGreen({ polls: 0 });
    const decisions: unknown[] = [];
    const others = { traffic: { blue: 50, green: 50 }, mirrorTraffic: {} };
    const decide = ({ split }: { split: unknown }) => {
      decisions.push(split);
      if (decisions.length === 1) shop.store.setSplit(ENDPOINT, others);
      return { split: desired };
    };
    const live = await writeEndpoint(shop.client(), PLACE, decide, { retryDelayMs: 1 });
    expect(live.split).toEqual(desired);
    expect(decisions).toEqual([{ traffic: { blue: 100, green: 0 }, mirrorTraffic: {} }, others]);
    expect(calls(shop)).toContain("PUT 412");
  });

  it("says why an operation failed, and the split is as it was", async () => {
    const shop = blueAndGreen();
    shop.fault({ kind: "failedOperation", code: "OutOfCapacity", message: "no room" });
    await expect(write(shop)).rejects.toThrow(/no room/);
    expect(shop.split()).toEqual({ traffic: { blue: 100, green: 0 }, mirrorTraffic: {} });
  });
});
