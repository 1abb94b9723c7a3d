/** A command whose supervisor ends while it is asked, as when another command stops it. */
import { createServer, type Server, type ServerResponse } from "node:http";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

import { UserError } from "../../../errors";
import { close, listen } from "../../../httpServer";
import { connectSupervisor, type SupervisorClient } from "../../../local/endpoint";
import { socketPathOf, statePaths } from "../../../local/endpoint/stateDirectory";

let folder: string;
let server: Server;
let client: SupervisorClient;
/** What it does with everything but the first question. */
let ending: (res: ServerResponse) => void;
let asked: string[];

beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), "control-")), "endpoint");
  mkdirSync(folder, { mode: 0o700 });
  asked = [];
  server = createServer((req, res) => {
    if (req.url === "/hello") {
      // No process has this number.
      res.end(JSON.stringify({ pid: 2 ** 22 + 1 }));
      return;
    }
    asked.push(`${req.method ?? ""} ${req.url ?? ""}`);
    ending(res);
  });
  await listen(server, { path: socketPathOf(statePaths(folder)) });
  const found = await connectSupervisor(folder);
  if (found === undefined) throw new Error("no supervisor");
  client = found;
});
afterEach(async () => {
  await close(server, 0);
  rmSync(join(folder, ".."), { recursive: true });
});

const ENDINGS: readonly (readonly [string, (res: ServerResponse) => void])[] = [
  ["before it answers", (res) => res.destroy()],
  [
    "within its answer",
    (res) => {
      res.writeHead(200, { "content-length": "100" }).write('{"half": ');
      setImmediate(() => res.destroy());
    },
  ],
];
const SPEC = {} as Parameters<SupervisorClient["apply"]>[0];
const QUESTIONS: readonly (readonly [string, () => Promise<unknown>])[] = [
  ["status", () => client.status()],
  ["keys", () => client.keys()],
  ["token", () => client.token()],
  ["amend", () => client.amend({ tags: {}, traffic: {}, mirrorTraffic: {} })],
  ["compare", () => client.compare(undefined)],
  ["fault", () => client.fault({ kind: "off", deployment: "blue" })],
  ["apply", () => client.apply(SPEC, () => undefined)],
];

describe.each(ENDINGS)("a supervisor that ends %s", (_when, how) => {
  beforeEach(() => {
    ending = how;
  });

  it.each(QUESTIONS)("is a message to the user after %s", async (_question, ask) => {
    const error: unknown = await ask().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toHaveProperty("message", "the endpoint's supervisor ended before it was done");
    expect(asked).toHaveLength(1);
  });

  it("has done what stop asks for", async () => {
    await client.stop();
    expect(asked).toEqual(["POST /stop"]);
  });
});

it("is a message to the user when it has ended before the question", async () => {
  await close(server, 0);
  await expect(client.status()).rejects.toThrow(
    new UserError("the endpoint's supervisor ended before it was done"),
  );
  await client.stop();
});
