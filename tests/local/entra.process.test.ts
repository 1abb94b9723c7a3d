/** `npm run local -- token` and `invoke`, as processes of their own beside an endpoint that runs with `aad_token`. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { CommandLine } from "../e2e/commandLine";
import {
  closeAndExpectNothingLeft,
  deployment,
  endpoint,
  startEndpoint,
  type TestEndpoint,
} from "./endpoint/support/endpoint";
import { callEndpoint, errorCode } from "./endpoint/support/router";

const CALLER = "11111111-aaaa-bbbb-cccc-000000000001";
const GROUP = "22222222-aaaa-bbbb-cccc-000000000002";
const STRANGER = "44444444-aaaa-bbbb-cccc-000000000004";
const CALLERS = [
  { objectId: CALLER, principalType: "ServicePrincipal" },
  { objectId: GROUP, principalType: "Group" },
] as const;

const commands = new CommandLine();
const folder = join(commands.state, "sandbox", "endpoint");
let running: TestEndpoint;

beforeAll(async () => {
  running = await startEndpoint({ folder });
  const changes = { authMode: "AADToken", callers: CALLERS } as const;
  await running.apply(endpoint([deployment("blue")], { blue: 100 }, changes));
});
afterAll(async () => {
  await closeAndExpectNothingLeft();
  commands.remove();
});

const local = (...args: string[]) => commands.beside("local/cli.ts", ...args);

async function scoreWith(token: string): Promise<number | string> {
  const answer = await callEndpoint(running.supervisor.status().port, token, { body: "{}" });
  return answer.status === 200 ? 200 : errorCode(answer);
}

it("prints a token that lets in its owner, a caller or a member, and nobody else", async () => {
  const printed = await Promise.all(
    [
      [],
      ["--for", CALLER],
      ["--for", STRANGER, "--member-of", GROUP],
      ["--for", STRANGER],
      ["--for", CALLER, "--expires", "-100"],
    ].map((options) => local("token", ...options)),
  );
  for (const { status, stderr } of printed) {
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/^Expires 20/) });
  }
  const scored: (number | string)[] = [];
  for (const { stdout } of printed) scored.push(await scoreWith(stdout.trim()));
  expect(scored).toEqual([200, 200, 200, "access_denied", "token_expired"]);
});

it("gives no token to a group, and says what is wrong with an option", async () => {
  const [group, nobody] = await Promise.all([
    local("token", "--for", GROUP),
    local("token", "--for", "me"),
  ]);
  expect(group).toMatchObject({ status: 1, stdout: "" });
  expect(group.stderr).toContain(`ask for a member's: --for MEMBER --member-of ${GROUP}`);
  expect(nobody).toMatchObject({ status: 1, stdout: "" });
  expect(nobody.stderr).toContain("must be an object id, 8-4-4-4-12 hex digits");
});

it("accepts a token for as long as its key is published", async () => {
  const before = (await local("token")).stdout.trim();
  await local("token", "--new-key");
  expect(await scoreWith(before)).toBe(200);
  await local("token", "--new-key");
  expect(await scoreWith(before)).toBe("token_invalid");
});

it("invoke uses a token by itself, and none is written anywhere but the key that signs them", async () => {
  const request = join(commands.state, "request.json");
  writeFileSync(request, "{}");
  const invoked = await local("invoke", "--request", request);
  expect(invoked).toMatchObject({ status: 0, stderr: "HTTP 200 from blue\n" });
  expect(statSync(join(folder, "entra.json")).mode & 0o777).toBe(0o600);
  const { key } = JSON.parse(readFileSync(join(folder, "entra.json"), "utf8")) as {
    key: { d: string };
  };
  const files = readdirSync(commands.state, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const texts = files.map((file) => [file, readFileSync(file, "utf8")] as const);
  const having = (text: string) =>
    texts.filter(([, all]) => all.includes(text)).map(([file]) => file);
  expect(having(key.d)).toEqual([join(folder, "entra.json")]);
  const beginning = "eyJ0eXAiOiJKV1Qi"; // {"typ":"JWT" as base64url
  expect((await local("token")).stdout).toMatch(new RegExp(`^${beginning}`));
  expect(having(beginning)).toEqual([]);
});

it("gives Azure ML's own token without a name, and none where there are keys", async () => {
  const blue = deployment("blue");
  await running.apply(endpoint([blue], { blue: 100 }, { authMode: "AMLToken" }));
  expect(await scoreWith((await local("token")).stdout.trim())).toBe(200);
  const named = await local("token", "--for", CALLER);
  expect(named.stderr).toContain("a token of Azure ML (aml_token) names nobody");
  await running.apply(endpoint([blue], { blue: 100 }));
  expect(await local("token")).toMatchObject({
    status: 1,
    stderr: "the endpoint is called with a key, not with a token\n",
  });
});
