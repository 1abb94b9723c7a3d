/** Random kills of rollout commands on the local endpoint, while callers send requests. */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { parse, stringify } from "yaml";
import { connectSupervisor, type SupervisorClient } from "../../local/endpoint";
import { parseRecord } from "../../rollout/record";
import { recorded } from "../../rollout/state";
import { CommandLine, NODE_OPTIONS } from "../e2e/commandLine";
import { copyProject } from "../e2e/projectCopy";
import { callEndpoint } from "../local/endpoint/support/router";
import { steadyLoad } from "../local/endpoint/support/load";
import { seededRandom } from "../local/endpoint/support/random";
import { sandboxSettings } from "../stacks";
import { killCommands, tellCounts, type KillSite } from "./killLoop";

/**
 * MLSCORE_ROLLOUT_KILLS sets another number, MLSCORE_SEED other moments. One takes five to ten seconds, and a suite has
 * `--limit` of `npm test`: for many, run it with several seeds.
 */
const KILLS = Number(process.env["MLSCORE_ROLLOUT_KILLS"] ?? 6);
const SEED = Number(process.env["MLSCORE_SEED"] ?? 1);
const STACK = "kills";
const ENDPOINT = "canary-endpoint";
const WATCH_MS = 50;

const project = copyProject();
const cli = new CommandLine(project);
const directory = mkdtempSync(join(tmpdir(), "rollout-kills-"));
let client: SupervisorClient;

beforeAll(async () => {
  cpSync(join(__dirname, "..", "fixtures", "canary"), directory, { recursive: true });
  const steps = [20, 50, 100].map((percent) => ({ percent, dwellSeconds: 1 }));
  const smoke = join(directory, "requests", "first.json");
  const gate = { minRequests: 1, maxP95Ratio: 100, passWhen: "noBreach" };
  const settings = sandboxSettings({
    endpointDirectory: directory,
    rollout: { steps, gate, smoke },
  });
  writeFileSync(join(project, `Pulumi.${STACK}.yaml`), stringify({ config: settings }));
  const { status, stderr } = cli.local("up", "--all", "--detach", "--stack", STACK);
  if (status !== 0) throw new Error(stderr);
  const connected = await connectSupervisor(join(cli.state, STACK, "endpoint"));
  if (connected === undefined) throw new Error("no endpoint runs");
  client = connected;
});
afterAll(() => {
  cli.local("down", "--stack", STACK);
  cli.remove();
  for (const folder of [directory, project]) rmSync(folder, { recursive: true });
});

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

const declared = () => {
  const { traffic } = parse(readFileSync(join(directory, "endpoint.yml"), "utf8")) as {
    readonly traffic: Record<string, number>;
  };
  return traffic;
};

/** Two deployments that change places with each promotion. */
class LocalSite implements KillSite {
  private old = "blue";
  private next = "green";
  readonly lockFile = join(cli.state, STACK, "rollout.lock");
  readonly recordFile = join(cli.state, STACK, "rollout.jsonl");
  readonly longestMs = { start: 700, promote: 4_500, abort: 500 };
  readonly planned = ["100/0", "80/20", "50/50", "0/100"];

  readonly canary = () => this.next;

  readonly recorded = () => recorded(parseRecord(readText(this.recordFile)).lines, ENDPOINT);

  readonly spawn: KillSite["spawn"] = (command, args) =>
    spawn(
      process.execPath,
      [...NODE_OPTIONS, "rollout/cli.ts", command, ...args, "--stack", STACK],
      {
        cwd: project,
        env: { ...process.env, MLSCORE_STATE: cli.state, NO_COLOR: "1" },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );

  readonly watch: KillSite["watch"] = (onSplit) => {
    let isOver = false;
    const isStopped = () => isOver;
    const looking = (async () => {
      while (!isStopped()) {
        await sleep(WATCH_MS);
        const { traffic } = await client.status();
        onSplit(`${traffic[this.old] ?? 0}/${traffic[this.next] ?? 0}`);
      }
    })();
    return () => {
      isOver = true;
      return looking;
    };
  };

  readonly afterEnd: KillSite["afterEnd"] = async (outcome) => {
    const winner = outcome === "promoted" ? this.next : this.old;
    const { traffic } = await client.status();
    expect([outcome, traffic[winner]]).toEqual([
      expect.stringMatching(/^(promoted|aborted)$/),
      100,
    ]);
    // What was killed between the record and the YAML is finished by a command too.
    if (declared()[winner] !== 100) {
      const { status, stderr } = await cli.beside("rollout/cli.ts", "adopt", "--stack", STACK);
      if (status !== 0) throw new Error(stderr);
    }
    expect(declared()[winner]).toBe(100);
    if (winner === this.next) [this.old, this.next] = [this.next, this.old];
  };
}

it(
  "leave no split outside the plan, lose no request, and are finished by the next command",
  async () => {
    const { port } = await client.status();
    const { primaryKey } = await client.keys();
    const body = readFileSync(join(directory, "requests", "first.json"), "utf8");
    const load = steadyLoad(() => callEndpoint(port, primaryKey, { body }), 2);

    let outcomes: (number | string)[] = [];
    const counts = await killCommands(new LocalSite(), {
      kills: KILLS,
      seed: SEED,
      random: seededRandom(SEED),
    }).finally(async () => {
      outcomes = await load.stop();
    });
    const failed = outcomes.filter((one) => typeof one === "number" && one !== 200);
    const lost = outcomes.filter((one) => typeof one === "string");
    tellCounts({ ...counts, sent: outcomes.length, failed: failed.length, lost: lost.length });
    expect([failed, lost]).toEqual([[], []]);
    const { start, promote, abort } = counts.kills;
    expect(start + promote + abort).toBe(KILLS);
    expect(counts).toMatchObject({ explained: KILLS, splitsOutsidePlan: 0 });
    expect(cli.processes().filter((line) => line.includes("rollout/cli.ts"))).toEqual([]);
  },
  300_000 + KILLS * 60_000,
);
