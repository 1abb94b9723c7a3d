import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { listen } from "../../../httpServer";
import { advance, promote } from "../../../rollout/advance";
import type { Context } from "../../../rollout/context";
import { abort } from "../../../rollout/finish";
import { channelsIn } from "../../../rollout/notify/environment";
import { notifyingRecord } from "../../../rollout/notify/notifyingRecord";
import { start } from "../../../rollout/start";
import { Workbench } from "../harness";

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const KEY = Buffer.alloc(32, "k");
const SECRET = `whsec_${KEY.toString("base64")}`;
const TOKEN = "ghp_0123456789abcdefghij0123456789abcdef";

describe("notifications of a rollout", () => {
  let bench: Workbench;
  let server: Server;
  let url = "";
  let received: Received[] = [];
  let status: number;

  beforeEach(async () => {
    bench = new Workbench();
    [received, status] = [[], 200];
    server = createServer((req, res) => {
      let body = "";
      req.on("data", (text) => (body += String(text)));
      req.on("end", () => {
        received.push({ path: req.url ?? "", headers: req.headers, body });
        res.writeHead(status).end();
      });
    });
    await listen(server, { port: 0, host: "127.0.0.1" });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    bench.remove();
    server.close();
    server.closeAllConnections();
  });

  const everything = () => ({
    MLSCORE_NOTIFY_WEBHOOK_URL: `${url}/hook`,
    MLSCORE_NOTIFY_WEBHOOK_SECRET: SECRET,
    MLSCORE_NOTIFY_SLACK_URL: `${url}/slack/T0/B0/secretpath`,
    MLSCORE_NOTIFY_TEAMS_URL: `${url}/teams`,
    MLSCORE_NOTIFY_GITHUB_DEPLOYMENT: "42",
    GITHUB_REPOSITORY: "team/flood",
    GITHUB_TOKEN: TOKEN,
    GITHUB_API_URL: url,
  });

  /** Runs a command as with these variables. */
  function telling(
    environment: Record<string, string>,
    command: (context: Context) => Promise<unknown>,
  ) {
    return bench.run((context) => {
      const { channels, problems } = channelsIn(environment);
      expect(problems).toEqual([]);
      const { record, endpoint, reporter } = context;
      return command({
        ...context,
        record: notifyingRecord(record, endpoint.name, channels, reporter),
      });
    });
  }

  const hooks = () =>
    received
      .filter(({ path }) => path === "/hook")
      .map(({ body }) => JSON.parse(body) as { type: string; data: Record<string, unknown> });

  it("tell each service of each transition, in its own form", async () => {
    await telling(everything(), (context) => start(context, "green"));
    expect(received.map(({ path }) => path).sort()).toEqual([
      "/hook",
      "/repos/team/flood/deployments/42/statuses",
      "/slack/T0/B0/secretpath",
      "/teams",
    ]);
    const text =
      "flood: the rollout of green is at step 1 of 3 (10 % mirrored for 10 min): blue 90 %, red 10 %, green 0 %, 10 % mirrored to green.";
    const bodyOf = (path: string): unknown =>
      JSON.parse(received.find((one) => one.path.includes(path))?.body ?? "");
    expect(hooks()).toMatchObject([
      {
        type: "rollout.step",
        data: {
          event: "step",
          endpoint: "flood",
          canary: "green",
          split: { traffic: { blue: 90, red: 10, green: 0 }, mirrorTraffic: { green: 10 } },
          reason: "the rollout has started",
          text,
        },
      },
    ]);
    expect(bodyOf("/slack")).toEqual({ text });
    expect(bodyOf("/teams")).toMatchObject({
      type: "message",
      attachments: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          content: { body: [{ inlines: [{ text }] }] },
        },
      ],
    });
    expect(bodyOf("/repos")).toEqual({ state: "in_progress", description: text });
    const github = received.find(({ path }) => path.startsWith("/repos"));
    expect(github?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it("are signed so that their receiver can verify them", async () => {
    await telling(everything(), (context) => start(context, "green"));
    const { headers, body } = received.find(({ path }) => path === "/hook")!;
    const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature } = headers;
    expect(String(id)).not.toContain(".");
    const signed = `${String(id)}.${String(at)}.${body}`;
    expect(signature).toBe(`v1,${createHmac("sha256", KEY).update(signed).digest("base64")}`);
  });

  it("come for every step and every end, once, after the endpoint shows it", async () => {
    const variables = everything();
    const kinds = () => hooks().map(({ data }) => data["event"]);
    await telling(variables, (context) => start(context, "green"));
    await telling(variables, (context) => promote(context, { inconclusive: false }));
    expect(kinds()).toEqual(["step", "step", "step", "promoted"]);
    expect(hooks().at(-1)?.data["split"]).toMatchObject({ traffic: { green: 100 } });

    received = [];
    bench.remove();
    bench = new Workbench();
    await telling(variables, (context) => start(context, "green"));
    await telling(variables, abort);
    bench.answer = () => ({ status: 500, body: "" });
    await telling(variables, (context) => start(context, "green"));
    bench.answer = () => ({ status: 200, body: "{}" });
    await telling(variables, (context) => start(context, "green"));
    bench.endpoint.deployments["green"]!.state = "Failed";
    await telling(variables, (context) => advance(context, { inconclusive: false }));
    expect(kinds()).toEqual(["step", "aborted", "refused", "step", "rolledBack"]);
    expect(hooks().at(-1)?.data["text"]).toContain("the deployment green is Failed");
  });

  it("that fail are said without an address, and stop nothing", async () => {
    const closed = "http://127.0.0.1:1";
    const variables = { ...everything(), MLSCORE_NOTIFY_TEAMS_URL: `${closed}/secretpath` };
    status = 404;
    expect(await telling(variables, (context) => start(context, "green"))).toBeUndefined();
    expect(bench.live()).toMatchObject({ copies: { green: 10 } });
    expect(bench.warned.toSorted()).toEqual([
      "warning: GitHub was not told of this: HTTP 404. The rollout goes on.",
      "warning: Slack was not told of this: HTTP 404. The rollout goes on.",
      expect.stringMatching(/^warning: Teams was not told of this: .*\. The rollout goes on\.$/),
      "warning: the webhook was not told of this: HTTP 404. The rollout goes on.",
    ]);
    const printed = [...bench.said, ...bench.warned, bench.record].join("\n");
    for (const secret of ["secretpath", SECRET, TOKEN, "127.0.0.1"]) {
      expect(printed).not.toContain(secret);
    }
  });

  it("are not sent where the variables are wrong, which is said without their values", () => {
    const { channels, problems } = channelsIn({
      MLSCORE_NOTIFY_WEBHOOK_URL: "https://hooks.example.com/secretpath",
      MLSCORE_NOTIFY_WEBHOOK_SECRET: "secret-short",
      MLSCORE_NOTIFY_SLACK_URL: "http://hooks.example.com/secretpath",
      MLSCORE_NOTIFY_TEAMS_URL: "secretpath",
      MLSCORE_NOTIFY_GITHUB_DEPLOYMENT: "42",
      GITHUB_REPOSITORY: "secret/..",
      GITHUB_TOKEN: "secret-token",
    });
    expect(channels).toEqual([]);
    expect(problems.map((problem) => problem.split(" ")[0])).toEqual([
      "MLSCORE_NOTIFY_WEBHOOK_SECRET",
      "MLSCORE_NOTIFY_SLACK_URL",
      "MLSCORE_NOTIFY_TEAMS_URL",
      "MLSCORE_NOTIFY_GITHUB_DEPLOYMENT",
    ]);
    expect(problems.join()).not.toContain("secret");
    expect(channelsIn({})).toEqual({ channels: [], problems: [] });
    expect(channelsIn({ MLSCORE_NOTIFY_SLACK_URL: "" })).toEqual({ channels: [], problems: [] });
  });
});
