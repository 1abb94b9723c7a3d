import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";

import { UserError } from "../../../errors";
import { loadOrCreateCredentials, accessDenial, type AuthMode } from "../../../local/endpoint/auth";
import { NO_ENTRA } from "../../../local/endpoint/entra/entra";
import { sameSecret } from "../../../httpServer";
import { checkToken, issueToken } from "../../../local/endpoint/amlTokens";
import { CREDENTIALS } from "./support/router";

const NOW = Date.UTC(2026, 0, 1);

async function codeOf(
  authMode: AuthMode,
  headers: readonly string[],
  now = NOW,
): Promise<string | undefined> {
  const access = {
    endpoint: "ep",
    authMode,
    callers: [],
    credentials: CREDENTIALS,
    entra: NO_ENTRA,
    origin: "http://127.0.0.1:1",
  };
  return (await accessDenial(access, headers, now))?.code;
}

describe("a request to an endpoint with keys", () => {
  const check = (...headers: string[]) => codeOf("Key", headers);

  it.each([CREDENTIALS.primaryKey, CREDENTIALS.secondaryKey])(
    "passes with the key %s",
    async (key) => {
      expect(await check(`Bearer ${key}`)).toBeUndefined();
      expect(await check(`bearer  ${key}`)).toBeUndefined();
    },
  );

  it("is refused with any other key", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), async (text) => {
        const key = Buffer.from(text).toString("base64url");
        expect(await check(`Bearer ${key}`)).toBe("key_auth_access_denied");
      }),
    );
  });

  it.each([
    ["nothing", []],
    ["an empty header", [""]],
    ["another scheme", [`Basic ${CREDENTIALS.primaryKey}`]],
    ["the bare key", [CREDENTIALS.primaryKey]],
    ["a key with something behind it", [`Bearer ${CREDENTIALS.primaryKey} x`]],
    ["the header twice", [`Bearer ${CREDENTIALS.primaryKey}`, `Bearer ${CREDENTIALS.primaryKey}`]],
  ])("is refused as badly formed with %s", async (_what, headers) => {
    expect(await check(...headers)).toBe("key_auth_bad_header_forbidden");
  });

  it("is refused with a token", async () => {
    const { accessToken } = issueToken(CREDENTIALS.tokenSecret, "ep", NOW);
    expect(await check(`Bearer ${accessToken}`)).toBe("key_auth_access_denied");
  });
});

describe("a request to an endpoint with AMLToken", () => {
  const check = (token: string, now = NOW) => codeOf("AMLToken", [`Bearer ${token}`], now);
  const { accessToken, expiryTimeUtc } = issueToken(CREDENTIALS.tokenSecret, "ep", NOW);

  it("passes until the token expires, and not at that second", async () => {
    expect(await check(accessToken)).toBeUndefined();
    expect(await check(accessToken, expiryTimeUtc * 1000 - 1)).toBeUndefined();
    expect(await check(accessToken, expiryTimeUtc * 1000)).toBe("token_expired");
  });

  it("is refused with a key", async () => {
    expect(await check(CREDENTIALS.primaryKey)).toBe("key_auth_access_denied");
  });

  it("is refused with a token of another endpoint or another machine", async () => {
    const other = issueToken(CREDENTIALS.tokenSecret, "other", NOW).accessToken;
    expect(await check(other)).toBe("key_auth_access_denied");
    const foreign = issueToken("x".repeat(32), "ep", NOW).accessToken;
    expect(await check(foreign)).toBe("key_auth_access_denied");
  });
});

describe("a token", () => {
  const token = issueToken("secret", "ep", NOW);

  it("is described as Azure describes its own", () => {
    expect(token).toEqual({
      accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      tokenType: "Bearer",
      expiryTimeUtc: NOW / 1000 + 3600,
      refreshAfterTimeUtc: NOW / 1000 + 2700,
    });
  });

  it("is worth nothing once a character of it is changed", () => {
    const text = token.accessToken;
    fc.assert(
      fc.property(fc.nat(text.length - 2), (at) => {
        const changed = text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
        expect(checkToken("secret", "ep", changed, NOW)).toBe("invalid");
      }),
    );
  });

  it("without a signature, or unsigned by its own claim, is worth nothing", () => {
    const [, payload = ""] = token.accessToken.split(".");
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url");
    expect(checkToken("secret", "ep", `${none}.${payload}.`, NOW)).toBe("invalid");
    expect(checkToken("secret", "ep", `${none}.${payload}`, NOW)).toBe("invalid");
  });

  it("compares texts of different lengths without failing", () => {
    expect(sameSecret("a", "ab")).toBe(false);
    expect(sameSecret("ab", "ab")).toBe(true);
  });
});

describe("the keys of an endpoint", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "keys-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("are made once, differ, and can be read by their owner only", () => {
    const path = join(folder, "state", "credentials.json");
    const first = loadOrCreateCredentials(path);
    expect(new Set(Object.values(first)).size).toBe(3);
    expect(first.primaryKey.length).toBeGreaterThanOrEqual(43);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(loadOrCreateCredentials(path)).toEqual(first);
  });

  it("get their rights back when somebody widened them", () => {
    const path = join(folder, "credentials.json");
    loadOrCreateCredentials(path);
    chmodSync(path, 0o644);
    loadOrCreateCredentials(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("are not silently replaced when the file is damaged", () => {
    const path = join(folder, "credentials.json");
    writeFileSync(path, "{}");
    expect(() => loadOrCreateCredentials(path)).toThrow(UserError);
    expect(readFileSync(path, "utf8")).toBe("{}");
  });
});
