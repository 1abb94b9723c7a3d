import { describe, expect, it } from "@jest/globals";
import { createHttpHeaders, RestError, type PipelineRequest } from "@azure/core-rest-pipeline";
import { ArmError, connect } from "../../traffic/arm";

/** What the client does with answers that the API never gives; it does not prove what Azure answers. */

const ARM = "https://management.azure.com";

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A client whose every request is answered by `answer`, and the addresses that it sent its token to. */
function clientOf(answer: (request: PipelineRequest) => Answer) {
  const told: string[] = [];
  const arm = connect({
    url: ARM,
    credential: {
      getToken: () => Promise.resolve({ token: "none", expiresOnTimestamp: Date.now() + 1e9 }),
    },
    httpClient: {
      sendRequest(request) {
        if (request.headers.has("authorization")) told.push(new URL(request.url).host);
        const { status = 200, headers = {}, body = {} } = answer(request);
        return Promise.resolve({
          request,
          status,
          headers: createHttpHeaders({ "content-type": "application/json", ...headers }),
          bodyAsText: JSON.stringify(body),
        });
      },
    },
    retryDelayMs: 1,
    pollDelayMs: 1,
  });
  return { arm, told };
}

const accepted = (address: string): Answer => ({
  status: 202,
  headers: { "azure-asyncoperation": address },
});

describe("a write that Azure has accepted", () => {
  const put = (operation: () => Answer) => {
    const { arm } = clientOf(({ method }) =>
      method === "PUT" ? accepted(`${ARM}/operation`) : operation(),
    );
    return arm.put("/endpoint", {}).catch((error: unknown) => error);
  };

  it("has failed when its operation was cancelled, like any other that ended badly", async () => {
    expect(await put(() => ({ body: { status: "Canceled" } }))).toEqual(
      new ArmError(0, "OperationCanceled", "Operation was canceled"),
    );
  });

  it("has not failed because the connection was lost while it was followed", async () => {
    const lost = new RestError("read ECONNRESET", { code: "ECONNRESET" });
    const told = await put(() => {
      throw lost;
    });
    expect(told).toBe(lost);
    expect(told).not.toBeInstanceOf(ArmError);
  });
});

describe("an address in an answer", () => {
  it.each(["https://elsewhere.example/operation", "https://management.azure.com.example/x"])(
    "of an operation does not get the token at %s",
    async (address) => {
      const { arm, told } = clientOf(({ method }) =>
        method === "PUT" ? accepted(address) : { body: { status: "Succeeded" } },
      );
      await expect(arm.put("/endpoint", {})).rejects.toThrow(
        new ArmError(
          0,
          "ForeignAddress",
          `${ARM} refers to ${new URL(address).origin}, which is never called`,
        ),
      );
      expect(told).toEqual(["management.azure.com"]);
    },
  );

  it("of a next page does not get the token elsewhere", async () => {
    const { arm, told } = clientOf(({ url }) => ({
      body: url.startsWith(ARM)
        ? { value: [], nextLink: "https://elsewhere.example/page" }
        : { value: [] },
    }));
    await expect(arm.list("/deployments")).rejects.toThrow(ArmError);
    expect(told).toEqual(["management.azure.com"]);
  });

  it("of a next page is followed at the same host", async () => {
    const { arm, told } = clientOf(({ url }) =>
      url.includes("page=2")
        ? { body: { value: ["b"] } }
        : { body: { value: ["a"], nextLink: `${ARM}/deployments?page=2` } },
    );
    expect(await arm.list("/deployments")).toEqual(["a", "b"]);
    expect(told).toEqual(["management.azure.com", "management.azure.com"]);
  });
});
