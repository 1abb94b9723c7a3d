import { describe, expect, it } from "@jest/globals";
import { answerOf, ENDPOINT, refusal, VERSION, blueAndGreen, WORKSPACE } from "../../armHarness";

/** What the API shows, over the emulator's memory: the shape of ARM's answers as Azure's clients read them. */

const SERVED = {
  id: ENDPOINT,
  name: "flood",
  type: "Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
  kind: "Managed",
  location: "canadacentral",
  tags: { owner: "tests" },
  identity: {
    type: "SystemAssigned",
    principalId: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
    tenantId: "tenant",
  },
  properties: {
    authMode: "Key",
    publicNetworkAccess: "Enabled",
    traffic: { blue: 100, green: 0 },
    mirrorTraffic: {},
    provisioningState: "Succeeded",
    scoringUri: "https://flood.canadacentral.inference.ml.azure.com/score",
    swaggerUri: "https://flood.canadacentral.inference.ml.azure.com/swagger.json",
  },
};

describe("a read", () => {
  it("shows the endpoint as ARM does, with an entity tag and a request id", async () => {
    const answer = await blueAndGreen().call("GET");
    expect(answer).toMatchObject({ status: 200, body: SERVED });
    expect(answer.body).toEqual(SERVED);
    expect(answer.headers.get("etag")).toMatch(/^"[0-9a-f]{32}"$/);
    expect(answer.headers.get("x-ms-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("lists the endpoints of the workspace and the deployments of the endpoint", async () => {
    const { call, armApi } = blueAndGreen();
    const url = `https://api.test${WORKSPACE}/onlineEndpoints?${VERSION}`;
    expect((await answerOf(await armApi.fetch(new Request(url)))).body).toEqual({
      value: [SERVED],
    });
    const { body } = await call("GET", "/deployments");
    const { value } = body as { value: { name: string; sku: object; properties: object }[] };
    expect(value.map(({ name, sku, properties }) => ({ name, sku, properties }))).toEqual([
      {
        name: "blue",
        sku: { name: "Default", tier: "Standard", capacity: 2 },
        properties: { endpointComputeType: "Managed", provisioningState: "Succeeded" },
      },
      {
        name: "green",
        sku: { name: "Default", tier: "Standard", capacity: 1 },
        properties: { endpointComputeType: "Managed", provisioningState: "Succeeded" },
      },
    ]);
  });

  it("does not mind the case of ARM's own words or of names", async () => {
    const { armApi } = blueAndGreen();
    const path = ENDPOINT.replace("resourceGroups", "resourcegroups").replace(
      "Microsoft.MachineLearningServices/workspaces",
      "microsoft.machinelearningservices/Workspaces",
    );
    const url = `https://api.test${path.replace("flood", "FLOOD")}?${VERSION}`;
    expect((await answerOf(await armApi.fetch(new Request(url)))).body).toEqual(SERVED);
  });

  it("says of what is not there that it was not found", async () => {
    const id = `${ENDPOINT}/deployments/purple`;
    expect(await blueAndGreen().call("GET", "/deployments/purple")).toMatchObject(
      refusal(404, "ResourceNotFound", `The resource 'purple' was not found (${id}).`),
    );
  });

  it.each([
    ["no API version", "", "MissingApiVersionParameter"],
    ["one that there never was", "?api-version=2025-12-02", "NoRegisteredProviderFound"],
    ["one without online endpoints", "?api-version=2021-10-01", "NoRegisteredProviderFound"],
  ])("is refused with %s", async (_what, query, code) => {
    const { armApi } = blueAndGreen();
    const answer = await answerOf(
      await armApi.fetch(new Request(`https://api.test${ENDPOINT}${query}`)),
    );
    expect(answer).toMatchObject(refusal(400, code, expect.any(String)));
  });

  it.each(["2022-02-01-preview", "2022-10-01", "2023-04-01-preview", "2025-12-01"])(
    "is answered to clients of %s",
    async (version) => {
      const { armApi } = blueAndGreen();
      const url = `https://api.test${ENDPOINT}?api-version=${version}`;
      expect((await answerOf(await armApi.fetch(new Request(url)))).body).toEqual(SERVED);
    },
  );

  it("knows no path that it does not serve", async () => {
    expect(await blueAndGreen().call("POST", "/start")).toMatchObject(
      refusal(404, "NotSupported", `the ARM API does not know POST ${ENDPOINT}/start`),
    );
  });
});

describe("keys, tokens and logs", () => {
  it("are given by POST: keys of an endpoint with keys", async () => {
    const { body, status } = await blueAndGreen().call("POST", "/listKeys");
    const key = expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown;
    expect({ status, body }).toEqual({ status: 200, body: { primaryKey: key, secondaryKey: key } });
  });

  it.each([
    ["Key", "/token"],
    ["AADToken", "/token"],
    ["AADToken", "/listKeys"],
    ["AMLToken", "/listKeys"],
  ])("are refused: of an endpoint with %s by %s", async (authMode, action) => {
    expect(await blueAndGreen({ authMode }).call("POST", action)).toMatchObject(
      refusal(
        400,
        "BadRequest",
        `The endpoint flood uses ${authMode}: listKeys is for Key and token for AMLToken; tokens for AADToken come from Entra ID.`,
      ),
    );
  });

  it("are empty: logs of what does not run", async () => {
    const { call } = blueAndGreen();
    expect(await call("POST", "/deployments/blue/getLogs", { tail: 5 })).toMatchObject({
      status: 200,
      body: { content: "" },
    });
    expect((await call("POST", "/deployments/purple/getLogs", {})).status).toBe(404);
  });
});
