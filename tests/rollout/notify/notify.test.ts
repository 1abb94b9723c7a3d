import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { listen } from "../../../httpServer";
import { advance, promote } from "../../../rollout/advance";
import type { Context } from "../../../rollout/context";
import { abort } from "../../../rollout/finish";
import { channelsIn } from "../../../rollout/notify/environment";
import type { Vaults } from "../../../rollout/notify/keyVault";
import { notifyingRecord } from "../../../rollout/notify/notifyingRecord";
import type { Transition } from "../../../rollout/notify/transition";
import { start } from "../../../rollout/start";
import { Workbench } from "../harness";

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const KEY = Buffer.alloc(32, "k");
const SECRET = `whsec_${KEY.toString("base64")}`;
const NO_VAULTS: Vaults = { token: () => Promise.reject(new Error("no vault is asked")) };
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
    return bench.run(async (context) => {
      const { channels, problems } = await channelsIn(environment, NO_VAULTS);
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

  it("are not sent where the variables are wrong, which is said without their values", async () => {
    const wrong = {
      MLSCORE_NOTIFY_WEBHOOK_URL: "https://hooks.example.com/secretpath",
      MLSCORE_NOTIFY_WEBHOOK_SECRET: "secret-short",
      MLSCORE_NOTIFY_SLACK_URL: "http://hooks.example.com/secretpath",
      MLSCORE_NOTIFY_TEAMS_URL: "secretpath",
      MLSCORE_NOTIFY_GITHUB_DEPLOYMENT: "42",
      GITHUB_REPOSITORY: "secret/..",
      GITHUB_TOKEN: "secret-token",
    };
    const { channels, problems } = await channelsIn(wrong, NO_VAULTS);
    expect(channels).toEqual([]);
    expect(problems.map((problem) => problem.split(" ")[0])).toEqual([
      "MLSCORE_NOTIFY_WEBHOOK_SECRET",
      "MLSCORE_NOTIFY_SLACK_URL",
      "MLSCORE_NOTIFY_TEAMS_URL",
      "MLSCORE_NOTIFY_GITHUB_DEPLOYMENT",
    ]);
    expect(problems.join()).not.toContain("secret");
    for (const nothing of [
      {},
      { MLSCORE_NOTIFY_SLACK_URL: "" },
      { OTEL_EXPORTER_OTLP_ENDPOINT: "" },
    ]) {
      expect(await channelsIn(nothing, NO_VAULTS)).toEqual({ channels: [], problems: [] });
    }
  });

  describe("by OpenTelemetry", () => {
    const TRANSITION: Transition = {
      event: "step",
      time: "2026-11-30T12:00:00.000Z",
      rollout: "5f3c1c5e-6f1c-4b62-9a53-2f6c1a7b9d10",
      endpoint: "flood",
      canary: "green",
      split: { traffic: { blue: 100, green: 0 }, mirrorTraffic: { green: 10 } },
      reason: "the rollout has started",
      text: "flood: the rollout of green is at step 1",
    };

    /** In a process of its own: the exporter reads the process' environment, and imports its transport late. */
    async function told(transition: Transition): Promise<unknown> {
      const script = join(__dirname, "tellCollector.ts");
      const args = ["--import", "tsx", script, JSON.stringify(transition)];
      const { stdout } = await promisify(execFile)(process.execPath, args, {
        env: {
          ...process.env,
          OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/otlp`,
          OTEL_EXPORTER_OTLP_HEADERS: "api-key=secretkey",
          OTEL_RESOURCE_ATTRIBUTES: "team=flood",
        },
      });
      return JSON.parse(stdout);
    }

    it("are events with the rollout's facts, in the form that collectors take", async () => {
      expect(await told(TRANSITION)).toBeNull();
      expect(received.map(({ path, headers }) => [path, headers["api-key"]])).toEqual([
        ["/otlp/v1/logs", "secretkey"],
      ]);
      const body = JSON.parse(received[0]?.body ?? "") as Otlp;
      const [first] = body.resourceLogs;
      expect(valuesOf(first?.resource.attributes ?? [])).toMatchObject({
        "service.name": "mlscore-rollout",
        team: "flood",
      });
      const records = first?.scopeLogs.flatMap(({ logRecords }) => logRecords) ?? [];
      expect(records).toMatchObject([
        {
          eventName: "rollout.step",
          severityNumber: 9,
          timeUnixNano: `${Date.parse(TRANSITION.time)}000000`,
          body: { stringValue: TRANSITION.text },
        },
      ]);
      expect(valuesOf(records[0]?.attributes ?? [])).toEqual({
        "rollout.id": TRANSITION.rollout,
        "rollout.endpoint": "flood",
        "rollout.canary": "green",
        "rollout.reason": "the rollout has started",
        "rollout.canary.percent": 0,
        "rollout.canary.mirror_percent": 10,
      });
    });

    it("are warnings where somebody should look, and say why they failed", async () => {
      status = 400;
      expect(await told({ ...TRANSITION, event: "rolledBack" })).toBe("HTTP 400");
      expect(received.map(({ body }) => body)).toEqual([
        expect.stringContaining('"severityNumber":13'),
      ]);
    });

    it("are sent where a collector is named and OpenTelemetry is not turned off", async () => {
      const names = async (environment: Record<string, string>) =>
        (await channelsIn(environment, NO_VAULTS)).channels.map(({ name }) => name);
      const named = { OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/otlp` };
      expect(await names(named)).toEqual(["the OpenTelemetry collector"]);
      expect(await names({ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: url })).toHaveLength(1);
      expect(await names({ ...named, OTEL_SDK_DISABLED: "true" })).toEqual([]);
    });
  });

  describe("with secrets of Key Vault", () => {
    const REFERENCE = "keyvault:https://flood-vault.vault.azure.net/secrets/slack";
    let secret: string;
    let gives: number;
    let vault: Server;
    let asked: string[];
    let vaults: Vaults;
    beforeEach(async () => {
      [asked, gives, secret] = [[], 200, `${url}/slack/secretpath`];
      vault = createServer((req, res) => {
        asked.push(`${req.url ?? ""} ${req.headers.authorization ?? ""}`);
        res.writeHead(gives).end(JSON.stringify({ value: secret, id: "id" }));
      });
      await listen(vault, { port: 0, host: "127.0.0.1" });
      const { port } = vault.address() as AddressInfo;
      vaults = {
        token: () => Promise.resolve("token"),
        urlOf: (name) => `http://127.0.0.1:${port}/${new URL(name).hostname}`,
      };
    });
    afterEach(() => {
      vault.close();
      vault.closeAllConnections();
    });

    it.each([
      ["", "/secrets/slack"],
      [`/${"0a".repeat(16)}`, `/secrets/slack/${"0a".repeat(16)}`],
    ])("are read with the caller's own token (version %p)", async (version, path) => {
      const variables = { MLSCORE_NOTIFY_SLACK_URL: `${REFERENCE}${version}` };
      const { channels, problems } = await channelsIn(variables, vaults);
      expect([channels.map(({ name }) => name), problems]).toEqual([["Slack"], []]);
      expect(asked).toEqual([`/flood-vault.vault.azure.net${path}?api-version=7.4 Bearer token`]);
    });

    it.each([
      "keyvault:https://flood-vault.vault.azure.net.example.com/secrets/slack",
      "keyvault:http://flood-vault.vault.azure.net/secrets/slack",
      "keyvault:https://example.com/secrets/slack",
      "keyvault:https://flood-vault.vault.azure.net/keys/slack",
      "keyvault:https://flood-vault.vault.azure.net/secrets/slack/../other",
      "keyvault:https://user@flood-vault.vault.azure.net/secrets/slack",
      "keyvault:",
    ])("are asked of vaults of Azure alone, not for %s", async (reference) => {
      const { channels, problems } = await channelsIn(
        { MLSCORE_NOTIFY_SLACK_URL: reference },
        vaults,
      );
      expect([channels, asked]).toEqual([[], []]);
      expect(problems).toEqual([
        "MLSCORE_NOTIFY_SLACK_URL is not keyvault:https://VAULT.vault.azure.net/secrets/NAME, with or without a version",
      ]);
    });

    it("that cannot be had are a warning without their names, and the others are told", async () => {
      gives = 403;
      const { channels, problems } = await channelsIn(
        { MLSCORE_NOTIFY_SLACK_URL: REFERENCE, MLSCORE_NOTIFY_TEAMS_URL: `${url}/teams` },
        vaults,
      );
      expect(channels.map(({ name }) => name)).toEqual(["Teams"]);
      expect(problems).toEqual([
        "MLSCORE_NOTIFY_SLACK_URL names a secret that Key Vault does not give: HTTP 403",
      ]);
      const noToken = { ...vaults, token: () => Promise.reject(new Error("az login first\nmore")) };
      expect((await channelsIn({ MLSCORE_NOTIFY_SLACK_URL: REFERENCE }, noToken)).problems).toEqual(
        ["MLSCORE_NOTIFY_SLACK_URL cannot be read from Key Vault: az login first"],
      );
    });

    it("are checked as values of variables are", async () => {
      secret = "http://hooks.example.com/secretpath";
      const { channels, problems } = await channelsIn(
        { MLSCORE_NOTIFY_SLACK_URL: REFERENCE },
        vaults,
      );
      expect([channels, problems]).toEqual([
        [],
        ["MLSCORE_NOTIFY_SLACK_URL is not an https address, so nothing is sent there"],
      ]);
    });
  });
});

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}

/** As far as the tests read it. */
interface Otlp {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeLogs: readonly {
      readonly logRecords: readonly { readonly attributes: readonly Attribute[] }[];
    }[];
  }[];
}

function valuesOf(attributes: readonly Attribute[]) {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]),
  );
}
