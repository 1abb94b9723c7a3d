import { describe, expect, it } from "@jest/globals";
import { answerOf, BODY, ENDPOINT, refusal, VERSION, blueAndGreen } from "../../armHarness";

/**
 * What the API answers to writes, one property at a time, over the emulator's memory. It proves that the API keeps the rules that
 * are written down; that Azure words or numbers its refusals so is taken from its documents and issues, not seen.
 */

describe("a write of the split", () => {
  it("is taken, and replaces the split", async () => {
    const { put, split } = blueAndGreen();
    expect((await put({ blue: 90, green: 10 })).status).toBe(200);
    expect(split()).toEqual({ traffic: { blue: 90, green: 10 }, mirrorTraffic: {} });
  });

  it("is taken with mirrored traffic for a deployment without live traffic", async () => {
    const { put, split } = blueAndGreen();
    expect((await put({ blue: 100 }, { green: 50 })).status).toBe(200);
    expect(split()).toEqual({ traffic: { blue: 100 }, mirrorTraffic: { green: 50 } });
  });

  it("clears the split when it leaves traffic out", async () => {
    const { put, split } = blueAndGreen();
    expect((await put(undefined)).status).toBe(200);
    expect(split()).toEqual({ traffic: {}, mirrorTraffic: {} });
  });

  it("does not mind the case of the deployments' names, as azure-ai-ml does not", async () => {
    const { put, split } = blueAndGreen();
    expect((await put({ BLUE: 100 })).status).toBe(200);
    expect(split()).toEqual({ traffic: { blue: 100 }, mirrorTraffic: {} });
  });

  it.each([
    ["99 %", { blue: 90, green: 9 }, {}, "traffic sums to 99; 0 or 100 is allowed"],
    ["101 %", { blue: 91, green: 10 }, {}, "traffic sums to 101; 0 or 100 is allowed"],
    [
      "parts of percents",
      { blue: 99.5, green: 0.5 },
      {},
      "traffic.blue is 99.5; a whole number from 0 to 100 is allowed; " +
        "traffic.green is 0.5; a whole number from 0 to 100 is allowed",
    ],
    [
      "a deployment that is not there",
      { blue: 90, purple: 10 },
      {},
      "traffic names the deployment purple; there is blue, green",
    ],
    [
      "more mirrored traffic than half",
      { blue: 100 },
      { green: 51 },
      "mirrorTraffic.green is 51; at most 50 is allowed",
    ],
    [
      "mirrored and live traffic for one deployment",
      { blue: 90, green: 10 },
      { green: 10 },
      "green has live and mirrored traffic; a deployment takes one or the other",
    ],
    [
      "mirrored traffic for two deployments",
      { blue: 0 },
      { blue: 10, green: 10 },
      "mirrorTraffic names 2 deployments; one is allowed",
    ],
  ])("is refused: %s", async (_what, traffic, mirrorTraffic, message) => {
    const { put, split } = blueAndGreen();
    expect(await put(traffic, mirrorTraffic)).toMatchObject(refusal(400, "BadRequest", message));
    expect(split()).toEqual({ traffic: { blue: 100, green: 0 }, mirrorTraffic: {} });
  });

  it.each(["Creating", "Updating", "Failed"])(
    "is refused for a deployment that is %s and not Succeeded",
    async (provisioningState) => {
      const deployments = (id: string) =>
        Promise.resolve(
          ["blue", "green"].map((name) => ({
            id: `${id}/deployments/${name}`,
            name,
            type: "deployment",
            location: "canadacentral",
            tags: {},
            properties: { provisioningState: name === "blue" ? "Succeeded" : provisioningState },
          })),
        );
      const { put, split } = blueAndGreen({ backend: { deployments } });
      expect(await put({ blue: 90, green: 10 })).toMatchObject(
        refusal(400, "BadRequest", `green is ${provisioningState} and not Succeeded`),
      );
      expect(split()).toEqual({ traffic: { blue: 100, green: 0 }, mirrorTraffic: {} });
    },
  );

  it("keeps no tags and no description that it leaves out", async () => {
    const { call, store } = blueAndGreen();
    const described = { ...BODY.properties, description: "floods", traffic: { blue: 100 } };
    await call("PUT", "", { ...BODY, properties: described });
    expect(store.read(ENDPOINT)?.outputs["properties"]).toMatchObject({ description: "floods" });
    await call("GET");
    await call("GET");
    await call("PUT", "", { ...BODY, tags: { a: "1" }, properties: BODY.properties });
    expect(store.read(ENDPOINT)?.outputs["tags"]).toEqual({ a: "1" });
    const { description } = store.read(ENDPOINT)?.outputs["properties"] as Record<string, unknown>;
    expect(description).toBeUndefined();
  });

  it("adds to the endpoint's own properties, and neither removes nor changes one", async () => {
    const { call, store } = blueAndGreen({ polls: 0 });
    const put = (properties: object) =>
      call("PUT", "", { ...BODY, properties: { ...BODY.properties, properties } });
    const now = () =>
      (store.read(ENDPOINT)?.outputs["properties"] as Record<string, unknown>)["properties"];
    await put({ a: "1" });
    await put({ a: "2", b: "3" });
    expect(now()).toEqual({ a: "1", b: "3" });
    await put({});
    expect(now()).toEqual({ a: "1", b: "3" });
  });

  it.each([
    ["location", { ...BODY, location: "westeurope" }],
    ["properties.authMode", { ...BODY, properties: { authMode: "AADToken" } }],
    ["identity", { ...BODY, identity: { type: "None" } }],
  ])("is refused when it changes %s", async (path, body) => {
    const { call, split } = blueAndGreen();
    expect(await call("PUT", "", body)).toMatchObject(
      refusal(400, "PropertyChangeNotAllowed", `${path} of ${ENDPOINT} cannot change`),
    );
    expect(split()).toEqual({ traffic: { blue: 100, green: 0 }, mirrorTraffic: {} });
  });

  it.each([
    ["no location", { properties: BODY.properties }, /location/],
    ["an auth mode that there is not", { ...BODY, properties: { authMode: "None" } }, /authMode/],
    [
      "text for percents",
      { ...BODY, properties: { authMode: "Key", traffic: { blue: "1" } } },
      /traffic\.blue/,
    ],
  ])("is refused: %s", async (_what, body, message) => {
    expect(await blueAndGreen().call("PUT", "", body)).toMatchObject(
      refusal(400, "InvalidRequestContent", expect.stringMatching(message)),
    );
  });

  it("is refused when it is not JSON", async () => {
    const { armApi } = blueAndGreen();
    const url = `https://api.test${ENDPOINT}?${VERSION}`;
    const response = await armApi.fetch(new Request(url, { method: "PUT", body: "{" }));
    expect(await answerOf(response)).toMatchObject(
      refusal(400, "InvalidRequestContent", "the request's body is not JSON"),
    );
  });
});

describe("a PATCH of the endpoint", () => {
  it("takes tags and keeps the split", async () => {
    const { call, store, split } = blueAndGreen();
    expect((await call("PATCH", "", { tags: { a: "1" } })).status).toBe(202);
    expect(store.read(ENDPOINT)?.outputs["tags"]).toEqual({ a: "1" });
    expect(split()).toEqual({ traffic: { blue: 100, green: 0 }, mirrorTraffic: {} });
  });

  it("is refused with anything else", async () => {
    const { call, split } = blueAndGreen();
    const patch = { properties: { traffic: { green: 100 } } };
    expect(await call("PATCH", "", patch)).toMatchObject(
      refusal(
        400,
        "BadRequest",
        "a PATCH of an endpoint takes tags and identity only, not properties",
      ),
    );
    expect(split()).toEqual({ traffic: { blue: 100, green: 0 }, mirrorTraffic: {} });
  });
});

describe("conditions", () => {
  it("let a write through whose entity tag is the newest", async () => {
    const { call } = blueAndGreen();
    const tag = (await call("GET")).headers.get("etag") ?? "";
    expect((await call("PUT", "", BODY, { "if-match": tag })).status).toBe(200);
  });

  it("stop one that was decided on an older state", async () => {
    const { call, put, split } = blueAndGreen({ polls: 0 });
    const tag = (await call("GET")).headers.get("etag") ?? "";
    await put({ blue: 90, green: 10 });
    expect(await call("PUT", "", BODY, { "if-match": tag })).toMatchObject(
      refusal(412, "PreconditionFailed", expect.any(String)),
    );
    expect(split()).toEqual({ traffic: { blue: 90, green: 10 }, mirrorTraffic: {} });
  });

  it("stop one that is to make what is there", async () => {
    const answer = await blueAndGreen().call("PUT", "", BODY, { "if-none-match": "*" });
    expect(answer.status).toBe(412);
  });
});

describe("an endpoint", () => {
  it("is made without traffic, and shows as Creating first", async () => {
    const { armApi, store } = blueAndGreen();
    const id = ENDPOINT.replace("flood", "drought");
    const request = (method: string, body?: object) =>
      new Request(`https://api.test${id}?${VERSION}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const identity = { type: "UserAssigned", userAssignedIdentities: { "/uai/a": {} } };
    const created = await answerOf(await armApi.fetch(request("PUT", { ...BODY, identity })));
    expect(created).toMatchObject({
      status: 201,
      body: { name: "drought", properties: { provisioningState: "Creating" } },
    });
    expect(store.read(id)?.inputs["identity"]).toEqual({
      type: "UserAssigned",
      userAssignedIdentities: ["/uai/a"],
    });
    const state = async () =>
      (
        (await answerOf(await armApi.fetch(request("GET")))).body as {
          properties: { provisioningState: string };
        }
      ).properties.provisioningState;
    expect([await state(), await state()]).toEqual(["Creating", "Succeeded"]);
  });

  it("is not made with traffic", async () => {
    const { armApi, store } = blueAndGreen();
    const id = ENDPOINT.replace("flood", "drought");
    const properties = { authMode: "Key", traffic: { blue: 100 } };
    const body = JSON.stringify({ ...BODY, properties });
    const url = `https://api.test${id}?${VERSION}`;
    const response = await armApi.fetch(new Request(url, { method: "PUT", body }));
    expect(await answerOf(response)).toMatchObject(
      refusal(
        400,
        "BadRequest",
        "traffic cannot be set when the endpoint is created: its deployments have to exist first",
      ),
    );
    expect(store.read(id)).toBeUndefined();
  });

  it("is deleted with its deployments, and is gone when the operation has ended", async () => {
    const { call, store } = blueAndGreen();
    expect((await call("DELETE")).status).toBe(202);
    expect((await call("GET")).body).toMatchObject({
      properties: { provisioningState: "Deleting" },
    });
    expect((await call("GET")).status).toBe(404);
    expect(store.list()).toEqual([]);
    expect((await call("DELETE")).status).toBe(204);
  });
});

describe("a deployment", () => {
  it.each([
    ["live", { blue: 0, green: 100 }, {}, 100],
    ["mirrored", { blue: 100 }, { green: 20 }, 20],
  ])("is not deleted while it has %s traffic", async (what, traffic, mirror, percent) => {
    const { put, call, store } = blueAndGreen({ polls: 0 });
    await put(traffic, mirror);
    expect(await call("DELETE", "/deployments/green")).toMatchObject(
      refusal(
        400,
        "BadRequest",
        `You cannot delete the deployment green, which has ${percent} % of ${what} traffic ` +
          "allocated to it. You must first set its traffic to 0%.",
      ),
    );
    expect(store.read(`${ENDPOINT}/deployments/green`)).toBeDefined();
  });

  it("is deleted when it has none", async () => {
    const { call, store } = blueAndGreen();
    expect((await call("DELETE", "/deployments/green")).status).toBe(202);
    expect(store.read(`${ENDPOINT}/deployments/green`)).toBeUndefined();
    const names = async () =>
      ((await call("GET", "/deployments")).body as { value: { name: string }[] }).value.map(
        ({ name }) => name,
      );
    expect([await names(), await names()]).toEqual([["blue", "green"], ["blue"]]);
  });

  it("changes its number of instances by PATCH of the SKU", async () => {
    const { call, store } = blueAndGreen();
    expect((await call("PATCH", "/deployments/blue", { sku: { capacity: 5 } })).status).toBe(202);
    expect(store.read(`${ENDPOINT}/deployments/blue`)?.inputs["sku"]).toEqual({
      name: "Default",
      tier: "Standard",
      capacity: 5,
    });
  });

  it("is refused when the endpoint has twenty already", async () => {
    const { call } = blueAndGreen({ polls: 0 });
    const body = { location: "canadacentral", properties: { endpointComputeType: "Managed" } };
    for (let count = 2; count < 20; count += 1) {
      expect((await call("PUT", `/deployments/more-${count}`, body)).status).toBe(201);
    }
    expect(await call("PUT", "/deployments/one-more", body)).toMatchObject(
      refusal(400, "BadRequest", "an endpoint takes at most 20 deployments"),
    );
  });
});
