import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, exportSPKI, generateKeyPair, importJWK, SignJWT } from "jose";

import { UserError } from "../../../errors";
import { localEntra, type Entra } from "../../../local/endpoint/entra/entra";
import { CLOCK_TOLERANCE_SECONDS } from "../../../local/endpoint/entra/verifiedToken";
import type { CallerSpec } from "../../../local/endpoint/spec";
import { CREDENTIALS, startRouter, type TestRouter } from "./support/router";
import { startUpstream, targetOf, type FakeUpstream } from "./support/upstream";

/**
 * Requests to a real router with tokens of a local issuer, by a clock of the test's own. Does not prove what Azure's front end
 * answers beyond what its documentation says.
 */

const NOW = Date.UTC(2026, 0, 1);
const SECONDS = NOW / 1000;
const USER = "11111111-aaaa-bbbb-cccc-000000000001";
const GROUP = "22222222-aaaa-bbbb-cccc-000000000002";
const APP = "33333333-AAAA-BBBB-CCCC-000000000003";
const STRANGER = "44444444-aaaa-bbbb-cccc-000000000004";
const CALLERS: readonly CallerSpec[] = [
  { objectId: USER, principalType: "User" },
  { objectId: GROUP, principalType: "Group" },
  { objectId: APP, principalType: "ServicePrincipal" },
];

let folder: string;
let path: string;
let entra: Entra;
let blue: FakeUpstream;
let endpoint: TestRouter;
let origin: string;
let now = NOW;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "entra-"));
  path = join(folder, "entra.json");
  entra = localEntra(path);
  blue = await startUpstream();
  endpoint = await startRouter({ authMode: "AADToken", callers: CALLERS, entra, now: () => now });
  endpoint.route([targetOf("blue", { sockets: [blue.socketPath] })], { blue: 100 });
  origin = `http://127.0.0.1:${endpoint.port}`;
});
afterAll(async () => {
  await endpoint.close();
  await blue.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  now = NOW;
});

const issue = async (request = {}) =>
  (await entra.issue(request, CALLERS, origin, NOW)).accessToken;

interface Refusal {
  readonly status: number;
  readonly code?: string;
  readonly message?: string;
  readonly challenge?: string | undefined;
}

async function answerTo(authorization: string | undefined): Promise<Refusal> {
  const { status, headers, body } = await endpoint.call({ body: "{}", headers: { authorization } });
  if (status === 200) return { status };
  const { error } = JSON.parse(body) as { error: { code: string; message: string } };
  return { status, ...error, challenge: headers["www-authenticate"] };
}

const withToken = async (token: string) => answerTo(`Bearer ${token}`);

type Claims = Readonly<Record<string, unknown>>;

interface StoredKey {
  readonly tenantId: string;
  readonly userId: string;
  readonly key: { readonly kid: string; readonly alg: string };
}

/** What the issuer would never sign: other claims, or another header, with its own key. */
async function forged(claims: Claims): Promise<string> {
  const { key, tenantId } = JSON.parse(readFileSync(path, "utf8")) as StoredKey;
  const valid = {
    aud: "https://ml.azure.com",
    iss: `${origin}/${tenantId}/`,
    iat: SECONDS,
    nbf: SECONDS,
    exp: SECONDS + 600,
    oid: USER,
  };
  const all = Object.entries<unknown>({ ...valid, ...claims }).filter(
    ([, value]) => value !== undefined,
  );
  return new SignJWT(Object.fromEntries(all))
    .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: key.kid })
    .sign(await importJWK(key, "RS256"));
}

describe("a token lets in", () => {
  it.each([
    ["this machine's user", {}],
    ["a user with the role", { objectId: USER }],
    ["a service principal with the role, whatever the case of its id", { objectId: APP }],
    ["a member of a group with the role", { objectId: STRANGER, memberOf: GROUP }],
  ])("%s", async (_who, request) => {
    expect(await withToken(await issue(request))).toEqual({ status: 200 });
  });

  it("somebody with the scheme in lower case", async () => {
    expect(await answerTo(`bearer ${await issue()}`)).toEqual({ status: 200 });
  });

  it.each([
    ["both forms of the audience", { aud: "https://ml.azure.com/" }],
    ["several audiences", { aud: ["https://management.azure.com", "https://ml.azure.com"] }],
    ["a clock that is a minute late", { exp: SECONDS - CLOCK_TOLERANCE_SECONDS + 1 }],
    ["a clock that is a minute early", { nbf: SECONDS + CLOCK_TOLERANCE_SECONDS }],
  ])("with %s", async (_what, claims) => {
    expect(await withToken(await forged(claims))).toEqual({ status: 200 });
  });
});

describe("nobody is let in", () => {
  it.each<[string, Claims, string]>([
    ["expired", { exp: SECONDS - CLOCK_TOLERANCE_SECONDS }, "token_expired"],
    ["not yet valid", { nbf: SECONDS + CLOCK_TOLERANCE_SECONDS + 1 }, "token_not_yet_valid"],
    ["for ARM", { aud: "https://management.azure.com" }, "token_audience_not_allowed"],
    ["for another host", { aud: "https://ml.azure.com.example" }, "token_audience_not_allowed"],
    ["of another issuer", { iss: "https://sts.windows.net/other/" }, "token_issuer_not_allowed"],
    ["without an audience", { aud: undefined }, "token_invalid"],
    ["without an issuer", { iss: undefined }, "token_invalid"],
    ["without an end", { exp: undefined }, "token_invalid"],
    ["without a beginning", { nbf: undefined }, "token_invalid"],
    ["of nobody", { oid: undefined }, "token_invalid"],
    ["of somebody without an object id", { oid: "me" }, "token_invalid"],
    ["with an end that is text", { exp: "never" }, "token_invalid"],
  ])("with a token %s", async (_what, claims, code) => {
    const answer = await withToken(await forged(claims));
    expect(answer).toMatchObject({ status: 401, code });
    expect(answer.challenge).toBe(
      `Bearer error="invalid_token", error_description="${answer.message}"`,
    );
  });

  it.each([
    [
      "with no signature and alg none",
      (parts: string[]) => [encoded({ alg: "none" }), parts[1], ""],
    ],
    [
      "with its signature and alg none",
      (parts: string[]) => [encoded({ alg: "none" }), parts[1], parts[2]],
    ],
    ["without the signature", (parts: string[]) => [parts[0], parts[1]]],
    [
      "whose claims were changed",
      ([header, payload = "", signature]: string[]) => [
        header,
        encoded({ ...decoded(payload), oid: USER }),
        signature,
      ],
    ],
    [
      "whose signature was changed",
      ([header, payload, signature = ""]: string[]) => [
        header,
        payload,
        (signature.startsWith("A") ? "B" : "A") + signature.slice(1),
      ],
    ],
    [
      "of another key by its header",
      (parts: string[]) => [
        encoded({ ...decoded(parts[0] ?? ""), kid: "99999999-9999-4999-8999-999999999999" }),
        parts[1],
        parts[2],
      ],
    ],
    ["that is no JWT", () => ["abc"]],
    ["that is a key of the endpoint", () => [CREDENTIALS.primaryKey]],
  ])("with a token %s", async (_what, change) => {
    const token = await issue({ objectId: STRANGER, memberOf: GROUP });
    const answer = await withToken(change(token.split(".")).join("."));
    expect(answer).toMatchObject({ status: 401, code: "token_invalid" });
  });

  it("with a token that the public key has signed as if it were a secret", async () => {
    const { keys } = (await entra.document(`/${tenant()}/discovery/keys`, origin)) as {
      keys: { kid: string }[];
    };
    const published = await importJWK(keys[0]!, "RS256", { extractable: true });
    const pem = await exportSPKI(published as Exclude<typeof published, Uint8Array>);
    const token = await new SignJWT(decoded((await issue()).split(".")[1] ?? ""))
      .setProtectedHeader({ alg: "HS256", typ: "JWT", kid: keys[0]!.kid })
      .sign(Buffer.from(pem));
    expect(await withToken(token)).toMatchObject({ status: 401, code: "token_invalid" });
  });

  it.each(["RS384", "RS512", "PS256", "ES256"])("with a signature by %s", async (alg) => {
    const { privateKey } = await generateKeyPair(alg);
    const token = await new SignJWT(decoded((await issue()).split(".")[1] ?? ""))
      .setProtectedHeader({ alg, typ: "JWT" })
      .sign(privateKey);
    expect(await withToken(token)).toMatchObject({ status: 401, code: "token_invalid" });
  });

  it("with a token that brings its own key", async () => {
    const { privateKey, publicKey } = await generateKeyPair("RS256");
    const token = await new SignJWT(decoded((await issue()).split(".")[1] ?? ""))
      .setProtectedHeader({ alg: "RS256", typ: "JWT", jwk: await exportJWK(publicKey) })
      .sign(privateKey);
    expect(await withToken(token)).toMatchObject({ status: 401, code: "token_invalid" });
  });

  it("with a token of another machine", async () => {
    const other = localEntra(join(folder, "other.json"));
    const { accessToken } = await other.issue({}, CALLERS, origin, NOW);
    expect(await withToken(accessToken)).toMatchObject({ status: 401, code: "token_invalid" });
  });

  it.each([
    ["nobody's role", { objectId: STRANGER }],
    ["a group without the role", { objectId: STRANGER, memberOf: STRANGER }],
  ])("by %s", async (_who, request) => {
    expect(await withToken(await issue(request))).toEqual({
      status: 401,
      code: "access_denied",
      message: `Microsoft Entra Token denied by policy: ${STRANGER} has no role that allows onlineEndpoints/score/action on this endpoint; name it in mlscore:callers`,
      challenge: "Bearer",
    });
  });

  it.each([
    ["no header", undefined],
    ["another scheme", "Basic abc"],
    ["an empty token", "Bearer "],
  ])("with %s", async (_what, authorization) => {
    expect(await answerTo(authorization)).toMatchObject({
      status: 401,
      code: "key_auth_bad_header_forbidden",
    });
  });

  it("with the header twice", async () => {
    const header = `Authorization: Bearer ${await issue()}\r\n`;
    const answer = await endpoint.raw(
      `POST /score HTTP/1.1\r\nHost: h\r\nConnection: close\r\n${header}${header}Content-Length: 2\r\n\r\n{}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer).toContain("key_auth_bad_header_forbidden");
  });
});

describe("a token", () => {
  it("ends when it was asked to", async () => {
    const token = await issue({ expiresIn: 90 });
    now = NOW + (90 + CLOCK_TOLERANCE_SECONDS - 1) * 1000;
    expect(await withToken(token)).toEqual({ status: 200 });
    now += 1000;
    expect(await withToken(token)).toMatchObject({ status: 401, code: "token_expired" });
    now = NOW;
    expect(await withToken(await issue({ expiresIn: -61 }))).toMatchObject({
      code: "token_expired",
    });
  });

  it("has the claims of Entra's and says when it ends", async () => {
    const token = await entra.issue({ objectId: USER, memberOf: GROUP }, CALLERS, origin, NOW);
    expect(token).toEqual({
      accessToken: expect.any(String),
      tokenType: "Bearer",
      expiryTimeUtc: SECONDS + 3600,
      refreshAfterTimeUtc: SECONDS + 2700,
    });
    expect(decoded(token.accessToken.split(".")[1] ?? "")).toEqual({
      aud: "https://ml.azure.com",
      iss: `${origin}/${tenant()}/`,
      iat: SECONDS,
      nbf: SECONDS,
      exp: SECONDS + 3600,
      oid: USER,
      sub: expect.any(String),
      tid: tenant(),
      ver: "1.0",
      groups: [GROUP],
    });
  });

  it("is not given to a group", async () => {
    const asked = entra.issue({ objectId: GROUP }, CALLERS, origin, NOW);
    await expect(asked).rejects.toThrow(UserError);
    await expect(asked).rejects.toThrow(`${GROUP} is a group, which gets no tokens`);
  });

  it("outlives one change of the key, as in a rollover, and not two", async () => {
    const first = await issue();
    const second = await issue({ newKey: true });
    expect([await withToken(first), await withToken(second)]).toEqual([
      { status: 200 },
      { status: 200 },
    ]);
    const third = await issue({ newKey: true });
    expect(await withToken(first)).toMatchObject({ status: 401, code: "token_invalid" });
    expect([await withToken(second), await withToken(third)]).toEqual([
      { status: 200 },
      { status: 200 },
    ]);
  });
});

describe("what the issuer publishes", () => {
  it("needs no token, leads from the issuer to the keys, and has nothing private", async () => {
    const read = async (uri: string) =>
      (await fetch(uri)).json() as Promise<Record<string, unknown>>;
    const claims = decoded((await issue()).split(".")[1] ?? "");
    const configuration = await read(`${String(claims["iss"])}.well-known/openid-configuration`);
    expect(configuration).toMatchObject({
      issuer: claims["iss"],
      id_token_signing_alg_values_supported: ["RS256"],
    });
    const { keys } = await read(String(configuration["jwks_uri"]));
    expect(keys).toEqual(
      expect.arrayContaining([
        {
          kty: "RSA",
          n: expect.any(String),
          e: "AQAB",
          kid: expect.any(String),
          alg: "RS256",
          use: "sig",
        },
      ]),
    );
  });

  it.each([
    ["POST", () => `/${tenant()}/discovery/keys`],
    ["GET", () => "/other/discovery/keys"],
    ["GET", () => `/${tenant()}/../entra.json`],
  ])("%s of anything else is a request like all others", async (method, place) => {
    const headers = { authorization: undefined };
    expect((await endpoint.call({ method, path: place(), headers })).status).toBe(401);
  });

  it("is not there on an endpoint with keys", async () => {
    const other = await startRouter({ entra });
    const headers = { authorization: undefined };
    const asked = { method: "GET", path: `/${tenant()}/discovery/keys`, headers };
    expect((await other.call(asked)).status).toBe(401);
    await other.close();
  });
});

describe("the issuer's key", () => {
  it("can be read by its owner alone, and gets its rights back", async () => {
    expect(statSync(path).mode & 0o777).toBe(0o600);
    chmodSync(path, 0o644);
    const again = localEntra(path);
    expect(await withToken((await again.issue({}, CALLERS, origin, NOW)).accessToken)).toEqual({
      status: 200,
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("is not silently replaced when the file is damaged", async () => {
    const damaged = join(folder, "damaged.json");
    writeFileSync(damaged, "{}");
    await expect(localEntra(damaged).issue({}, CALLERS, origin, NOW)).rejects.toThrow(UserError);
    expect(readFileSync(damaged, "utf8")).toBe("{}");
  });

  it("and the tokens are in no log, and reach no model", async () => {
    const token = await issue();
    await withToken(token);
    await withToken(`${token}x`);
    const { key } = JSON.parse(readFileSync(path, "utf8")) as { key: { d: string } };
    const seen = `${await endpoint.accessLogText()}${JSON.stringify(blue.received)}`;
    for (const secret of [token, key.d]) expect(seen).not.toContain(secret);
    expect(seen).toContain("token_invalid");
  });
});

function tenant(): string {
  return (JSON.parse(readFileSync(path, "utf8")) as StoredKey).tenantId;
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function decoded(text: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(text, "base64url").toString()) as Record<string, unknown>;
}
