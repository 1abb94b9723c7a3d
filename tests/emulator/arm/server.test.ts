import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { ArmServer } from "../../../emulator/arm/server";
import { SUBSCRIPTION } from "../../stacks";
import { ENDPOINT, VERSION, blueAndGreen, type ArmHarness } from "../../armHarness";

/**
 * The API over HTTPS on the loopback device: certificate, token, clean end. Entra is not emulated: any client with the token
 * file is let in.
 */

let shop: ArmHarness;
let directory: string;
let armServer: ArmServer;
beforeEach(async () => {
  shop = blueAndGreen();
  directory = mkdtempSync(join(tmpdir(), "arm-server-"));
  armServer = await shop.serve(directory, () => Promise.resolve("scoring-token"));
});
afterEach(async () => {
  await armServer.close();
  rmSync(directory, { recursive: true });
});

interface Got {
  readonly status: number;
  readonly body: unknown;
}

function call(
  path: string,
  {
    method = "GET",
    headers = {},
    body,
    ca = readFileSync(armServer.authorityPath, "utf8"),
    host = "127.0.0.1",
  }: {
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
    readonly ca?: string | undefined;
    readonly host?: string;
  } = {},
): Promise<Got> {
  const url = `${armServer.url.replace("127.0.0.1", host)}${path}`;
  return new Promise((resolve, reject) => {
    const req = request(url, { method, headers, agent: false, ca: ca === "" ? [] : ca }, (res) => {
      let text = "";
      res.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      res.on("end", () => {
        resolve({ status: res.statusCode ?? 0, body: text === "" ? undefined : JSON.parse(text) });
      });
    });
    req.on("error", reject);
    req.end(body);
  });
}

const bearer = (token = readFileSync(armServer.tokenPath, "utf8")) => ({
  authorization: `Bearer ${token}`,
});
const read = (headers: Record<string, string> = bearer()) =>
  call(`${ENDPOINT}?${VERSION}`, { headers });

describe("the server", () => {
  it("answers on 127.0.0.1 and as localhost to clients that trust its authority", async () => {
    expect(armServer.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect((await read()).status).toBe(200);
    const named = { headers: bearer(), host: "localhost" };
    expect((await call(`${ENDPOINT}?${VERSION}`, named)).status).toBe(200);
  });

  it("is not trusted by anybody else", async () => {
    await expect(call("/metadata/endpoints", { ca: "" })).rejects.toThrow(
      /unable to get local issuer certificate|unable to verify|self.signed/,
    );
  });

  it("keeps the token and the authority in files for its user alone, and its key in none", () => {
    const folder = dirname(armServer.tokenPath);
    expect(dirname(folder)).toBe(directory);
    expect(readdirSync(folder).sort()).toEqual(["authority.pem", "token"]);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(armServer.tokenPath).mode & 0o777).toBe(0o600);
    expect(statSync(armServer.authorityPath).mode & 0o777).toBe(0o600);
    expect(readFileSync(armServer.tokenPath, "utf8")).toMatch(/^[\w-]+\.[\w-]+\.[\w-]{43}$/);
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
    expect(files.join()).not.toContain("PRIVATE KEY");
  });

  it("has another token and another authority each time", async () => {
    const [token, authority] = [armServer.tokenPath, armServer.authorityPath].map((path) =>
      readFileSync(path, "utf8"),
    );
    await armServer.close();
    armServer = await shop.serve(directory, () => Promise.resolve(""));
    expect(readFileSync(armServer.tokenPath, "utf8")).not.toBe(token);
    expect(readFileSync(armServer.authorityPath, "utf8")).not.toBe(authority);
    expect((await read(bearer(token))).status).toBe(401);
  });

  it("leaves neither a file nor a port when it is closed", async () => {
    const port = Number(new URL(armServer.url).port);
    await armServer.close();
    expect(readdirSync(directory)).toEqual([]);
    const refused = await new Promise((resolve) => {
      connect(port, "127.0.0.1")
        .on("connect", () => {
          resolve("connected");
        })
        .on("error", (error: NodeJS.ErrnoException) => {
          resolve(error.code);
        });
    });
    expect(refused).toBe("ECONNREFUSED");
  });

  it.each([
    ["no token", {}],
    ["another token", { authorization: "Bearer 0123456789012345678901234567890123456789012" }],
    ["an empty token", { authorization: "Bearer " }],
    ["another scheme", { authorization: "Basic YTpi" }],
    ["the identity's header", { "x-identity-header": "TOKEN" }],
  ])("refuses a call with %s, and does not take it for a call of ARM", async (_what, headers) => {
    const given = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        value === "TOKEN" ? readFileSync(armServer.tokenPath, "utf8") : value,
      ]),
    );
    const body = {
      error: { code: "AuthenticationFailed", message: "send the token in the API's token file" },
    };
    for (const [method, path] of [
      ["GET", `${ENDPOINT}?${VERSION}`],
      ["PUT", `${ENDPOINT}?${VERSION}`],
      ["POST", `${ENDPOINT}/listKeys?${VERSION}`],
      ["POST", "/faults"],
      ["DELETE", "/faults"],
    ] as const) {
      expect(await call(path, { method, headers: given })).toEqual({ status: 401, body });
    }
    expect(armServer.recorded).toEqual([]);
  });

  it("refuses a body that is too large for ARM", async () => {
    const options = { method: "PUT", headers: bearer(), body: "x".repeat(4 * 1024 * 1024 + 1) };
    expect((await call(`${ENDPOINT}?${VERSION}`, options)).status).toBe(413);
  });

  it("tells which cloud it is to anybody", async () => {
    const { status, body } = await call("/metadata/endpoints?api-version=2019-05-01");
    expect(status).toBe(200);
    expect(body).toMatchObject([
      {
        name: "MlscoreLocal",
        resourceManager: `${armServer.url}/`,
        authentication: { loginEndpoint: `${armServer.url}/` },
        suffixes: { storage: "core.windows.net" },
      },
    ]);
  });

  it("names its subscription, in the tenant that its token names", async () => {
    const { body } = await call("/subscriptions?api-version=2022-12-01", { headers: bearer() });
    const [, claims = ""] = readFileSync(armServer.tokenPath, "utf8").split(".");
    const { tid } = JSON.parse(Buffer.from(claims, "base64url").toString()) as { tid: string };
    expect(body).toEqual({
      value: [
        {
          id: `/subscriptions/${SUBSCRIPTION}`,
          subscriptionId: SUBSCRIPTION,
          tenantId: tid,
          displayName: "MlscoreLocal",
          state: "Enabled",
        },
      ],
    });
    expect((await call("/subscriptions?api-version=2022-12-01")).status).toBe(401);
  });

  it("gives its token, and the endpoint's for scoring, as App Service's identity endpoint does", async () => {
    const header = { "x-identity-header": readFileSync(armServer.tokenPath, "utf8") };
    const token = async (resource: string) => {
      const path = `/identity?api-version=2019-08-01&resource=${encodeURIComponent(resource)}`;
      const { body } = await call(path, { headers: header });
      const { access_token, expires_on, token_type } = body as Record<string, string>;
      const left = Number(expires_on) - Date.now() / 1000;
      return [access_token, token_type, left > 3000 && left < 3700];
    };
    expect(await token(`${armServer.url}/`)).toEqual([header["x-identity-header"], "Bearer", true]);
    expect(await token("https://ml.azure.com")).toEqual(["scoring-token", "Bearer", true]);
    expect((await call("/identity?resource=a")).status).toBe(401);
  });
});

describe("faults over the wire", () => {
  it("are switched on, and off again", async () => {
    const on = (fault: unknown) =>
      call("/faults", { method: "POST", headers: bearer(), body: JSON.stringify(fault) });
    const conflict = { kind: "conflict", method: "GET", times: 2 };
    expect(await on(conflict)).toEqual({ status: 200, body: { pending: [conflict] } });
    expect((await read()).status).toBe(409);
    const off = await call("/faults", { method: "DELETE", headers: bearer() });
    expect(off).toEqual({ status: 200, body: { pending: [] } });
    expect((await read()).status).toBe(200);
    expect(await on([{ kind: "earthquake" }])).toMatchObject({
      status: 400,
      body: { error: { code: "InvalidRequestContent" } },
    });
  });

  it.each(["before", "after"] as const)("drop the connection %s the change", async (moment) => {
    shop.fault({ kind: "droppedConnection", moment, method: "PATCH" });
    const body = JSON.stringify({ tags: { a: moment } });
    const options = { method: "PATCH", headers: bearer(), body };
    await expect(call(`${ENDPOINT}?${VERSION}`, options)).rejects.toMatchObject({
      code: "ECONNRESET",
    });
    const { tags } = shop.store.read(ENDPOINT)?.outputs ?? {};
    expect(tags).toEqual(moment === "after" ? { a: "after" } : { owner: "tests" });
    expect((await read()).status).toBe(200);
  });
});
