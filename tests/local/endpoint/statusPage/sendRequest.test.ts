import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sendRequest } from "../../../../local/endpoint/statusPage/sendRequest";
import type { EndpointStatus } from "../../../../local/endpoint/status";
import { close, listen } from "../../../../httpServer";

/** Requests of the status page's form, to a server in place of the router. */

const server = createServer((req, res) => {
  const { authorization = "", "azureml-model-deployment": named = "blue" } = req.headers;
  res.writeHead(200, { "azureml-model-deployment": String(named) });
  req.pipe(res.on("pipe", () => res.write(`${authorization} `)));
});
let scoringUri = "";
beforeAll(async () => {
  await listen(server, { port: 0, host: "127.0.0.1" });
  scoringUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/score`;
});
afterAll(() => close(server, 0));

function send(form: unknown, authMode?: EndpointStatus["authMode"]) {
  const deployments = [{ name: "blue" }, { name: "green" }];
  const supervisor = {
    status: () => ({ scoringUri, deployments, authMode }) as unknown as EndpointStatus,
    keys: () => ({ primaryKey: "key", secondaryKey: "other" }),
    token: () => Promise.resolve({ accessToken: "token" } as never),
  };
  return sendRequest(supervisor, form);
}

describe("the form of the status page", () => {
  it("sends the body with the endpoint's key or token, to the deployment that is named", async () => {
    expect(await send({ deployment: "", body: "{}" }, "Key")).toMatchObject({
      status: 200,
      from: "blue",
      body: "Bearer key {}",
    });
    expect(await send({ deployment: "green", body: "[]" }, "AADToken")).toMatchObject({
      from: "green",
      body: "Bearer token []",
    });
  });

  it("says what is wrong with a request that it does not send", async () => {
    expect(await send({ deployment: "" }, "Key")).toEqual({
      message: "name a deployment and a body",
    });
    expect(await send({ deployment: "a\nb", body: "" }, "Key")).toEqual({
      message: "there is no deployment a\nb",
    });
    expect(await send({ deployment: "", body: "" })).toEqual({
      message: "nothing is deployed yet",
    });
  });
});
