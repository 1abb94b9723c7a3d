import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ComparisonRules } from "../../answers/differences";
import { readEndpointDirectory } from "../../config/azureml";
import type { Gate, RolloutPlan } from "../../config/rollout";
import { adoptSplit } from "../../rollout/adoption";
import { advance, promote } from "../../rollout/advance";
import { NoAnswer, type ScoringAnswer } from "../../rollout/scoringClient";
import type { Context } from "../../rollout/context";
import { abort } from "../../rollout/finish";
import { formatLine, parseRecord, type Line } from "../../rollout/record";
import { managedEndpoint } from "../../rollout/rolloutEndpoint";
import { start } from "../../rollout/start";
import { status } from "../../rollout/status";
import type { DeploymentWindow, Window, WindowMetrics } from "../../rollout/window";
import type { Traffic } from "../../traffic/split";
import { clientOf, Killed, PLACE } from "../armHarness";
import { plainApi, type PlainEndpoint } from "./plainEndpoint";

/** An endpoint with deployments, its YAML, its record and a clock, all without a network and without waiting. */

export const GATE: Gate = {
  minRequests: 100,
  maxErrorPercent: 1,
  maxP95Ratio: 1.5,
  onBreach: "rollBack",
  passWhen: "noBreach",
};

/** Copies of 10 %, then 10 %, then all, where it must be proven; ten minutes each. */
export const PLAN = {
  steps: [
    { kind: "mirror", percent: 10, dwellSeconds: 600, gate: GATE },
    { kind: "live", percent: 10, dwellSeconds: 600, gate: GATE },
    { kind: "live", percent: 100, dwellSeconds: 600, gate: { ...GATE, passWhen: "proven" } },
  ],
  confidence: 95,
} as const satisfies Partial<RolloutPlan>;

/** Requests that all took as long. */
export function metrics(requests: number, errors = 0, p95Ms = 100): WindowMetrics {
  const byStatus = { "200": requests - errors, ...(errors === 0 ? {} : { "500": errors }) };
  const buckets = [{ from: p95Ms / 1.05, to: p95Ms, count: requests }];
  const latency = { kind: "histogram", buckets } as const;
  return { requests, errors, byStatus, ...(requests === 0 ? {} : { p95Ms, latency }) };
}

/** The same of live requests and copies. */
export const both = (one: WindowMetrics): DeploymentWindow => ({ live: one, mirrored: one });

/** The live split of a new workbench. */
export const FORMER = { blue: 90, red: 10, green: 0, copies: {} };

export const MINUTE = 60_000;

const NOON = Date.parse("2026-03-01T12:00:00.000Z");

export class Workbench {
  readonly folder = mkdtempSync(join(tmpdir(), "rollout-"));
  readonly endpoint: PlainEndpoint;
  /** The record's text. */
  record = "";
  /** What answers queries of own metrics. */
  queries: Context["queries"];
  /** By which answers to mirrored requests are compared now. */
  rules: ComparisonRules | undefined;
  said: string[] = [];
  warned: string[] = [];
  progress: string[] = [];
  /** Deployment and request of every scoring call. */
  asked: string[] = [];
  time = NOON;
  /** What has come after so many seconds of a window. */
  window: (seconds: number) => Window;
  /** How deployments answer; undefined: no connection. */
  answer: (deployment: string, body: string) => ScoringAnswer | undefined = () => ({
    status: 200,
    body: '{"probability": 0.5}',
  });
  /** Called with the time that passes, for what happens meanwhile. */
  onSleep: () => void = () => undefined;
  plan: RolloutPlan | undefined;
  readonly pollMs = MINUTE;
  /** Effects until the process is killed. */
  effectsLeft = Number.POSITIVE_INFINITY;

  constructor(traffic: Traffic = { blue: 90, red: 10, green: 0 }) {
    const names = Object.keys(traffic);
    this.endpoint = {
      traffic,
      mirrorTraffic: {},
      tags: { owner: "tests" },
      deployments: Object.fromEntries(
        names.map((name) => [name, { state: "Succeeded", instances: 1 }]),
      ),
      revision: 1,
    };
    this.write("endpoint.yml", [
      "# Who may change this: the team.",
      `name: ${PLACE.endpointName}`,
      "auth_mode: key",
      "traffic:",
      ...names.map((name) => `  ${name}: ${traffic[name] ?? 0} # percent`),
    ]);
    for (const name of names) {
      this.write(`${name}.yml`, [
        `name: ${name}`,
        `endpoint_name: ${PLACE.endpointName}`,
        "model: azureml:flood:1",
        "code_configuration: { code: azureml:code:1, scoring_script: score.py }",
        "environment: azureml:env:1",
        "instance_type: Standard_DS3_v2",
        "instance_count: 1",
      ]);
    }
    this.write("sample-request.json", ['{"gauge": "leun"}']);
    this.plan = { ...PLAN, smoke: join(this.folder, "sample-request.json") };
    this.window = (seconds) =>
      new Map(names.map((name) => [name, both(metrics(Math.floor(seconds)))]));
  }

  write(name: string, lines: readonly string[]): void {
    writeFileSync(join(this.folder, name), `${lines.join("\n")}\n`);
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  lines(): Line[] {
    return parseRecord(this.record).lines;
  }

  /** Events in the record, each with what it is about. */
  events(): string[] {
    return this.lines().map((line) => {
      if (line.event === "refused" || line.event === "stopped") return line.event;
      const { change } = line;
      return `${line.event} ${change.kind === "step" ? change.step + 1 : change.outcome}`;
    });
  }

  /** A command's context as a new process has it: everything that is declared is read anew. */
  async context(): Promise<Context> {
    const { definition, problems } = await readEndpointDirectory(this.folder);
    if (definition === undefined) throw new Error(JSON.stringify(problems));
    return {
      endpoint: managedEndpoint(
        clientOf(plainApi(this.endpoint), (_moment, { method }) => {
          if (method === "PUT") this.effect();
        }),
        PLACE,
        { retryDelayMs: 1, attempts: 3 },
      ),
      meter: {
        caveats: [],
        compare: (rules) => {
          this.rules = rules;
          return Promise.resolve();
        },
        begin: () =>
          Promise.resolve({ kind: "azure", from: new Date(this.time).toISOString() } as const),
        since: (marker) => {
          if (marker.kind !== "azure") throw new Error("not this marker");
          return Promise.resolve(this.window((this.time - Date.parse(marker.from)) / 1000));
        },
      },
      scoringClient: {
        ask: (deployment, body) => {
          this.asked.push(`${deployment} ${body.trim()}`);
          const answer = this.answer(deployment, body);
          if (answer === undefined) return Promise.reject(new NoAnswer("connection refused"));
          return Promise.resolve(answer);
        },
      },
      clock: {
        now: () => this.time,
        sleep: (ms) => {
          this.time += ms;
          this.onSleep();
          return Promise.resolve();
        },
      },
      record: {
        place: "rollout.jsonl",
        lines: () => Promise.resolve(this.lines()),
        append: (line) => {
          this.effect();
          const text = formatLine(line);
          // A kill in the middle of the write leaves half a line; the next one begins on a line of its own.
          const gap = this.record === "" || this.record.endsWith("\n") ? "" : "\n";
          const before = this.record;
          this.record = before + gap + text.slice(0, text.length / 2);
          this.effect();
          this.record = before + gap + text;
          this.effect();
          return Promise.resolve();
        },
      },
      declared: definition,
      declare: (split) => adoptSplit(definition, split),
      ...(this.queries === undefined ? {} : { queries: this.queries }),
      ...(this.plan === undefined ? {} : { plan: this.plan }),
      reporter: {
        say: (line) => this.said.push(line),
        warn: (line) => this.warned.push(line),
        progress: (line) => this.progress.push(line),
      },
      bringUpCommand: "up --all",
      pollMs: this.pollMs,
    };
  }

  /** Runs a command in a process of its own and returns what it failed with. */
  async run(command: (context: Context) => Promise<unknown>): Promise<Error | undefined> {
    try {
      await command(await this.context());
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }

  readonly start = (canary = "green") => this.run((context) => start(context, canary));
  readonly advance = () => this.run((context) => advance(context, { inconclusive: false }));
  readonly advanceInconclusive = () =>
    this.run((context) => advance(context, { inconclusive: true }));
  readonly promote = () => this.run((context) => promote(context, { inconclusive: false }));
  readonly abort = () => this.run(abort);

  /** What `status` says. */
  async explained(): Promise<string> {
    return (await status(await this.context())).lines.join("\n");
  }

  /** The live split, copies beside it. */
  live(): { readonly [name: string]: unknown } {
    return { ...this.endpoint.traffic, copies: this.endpoint.mirrorTraffic };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  protected effect(): void {
    if (this.effectsLeft <= 0) throw new Killed("killed");
    this.effectsLeft -= 1;
  }
}
