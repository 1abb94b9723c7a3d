/** Random kills of rollout commands on the local endpoint, while callers send requests. */
import { spawn } from "node:child_process";
import { once } from "node:events";
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

/** MLSCORE_ROLLOUT_KILLS sets another number. */
const KILLS = Number(process.env["MLSCORE_ROLLOUT_KILLS"] ?? 6);
const random = seededRandom(Number(process.env["MLSCORE_SEED"] ?? 1));
const STACK = "kills";
const ENDPOINT = "canary-endpoint";
/** A killed command's lock is taken over after five seconds; then each command has some of these to work in, in milliseconds. */
const LONGEST_MS = { start: 1_500, promote: 4_500, abort: 1_500 };
type Command = keyof typeof LONGEST_MS;

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

const record = () => parseRecord(readText(join(cli.state, STACK, "rollout.jsonl"))).lines;
const now = () => recorded(record(), ENDPOINT);

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Who has all requests, or the share of the canary on its way. */
async function split(): Promise<Record<string, number>> {
  const { traffic } = await client.status();
  return traffic;
}

/** Runs a command, and kills it after a while once it works; resolves with whether it was killed. */
async function killed(command: Command, args: readonly string[]): Promise<boolean> {
  const script = ["rollout/cli.ts", command, ...args, "--stack", STACK];
  const child = spawn(process.execPath, [...NODE_OPTIONS, ...script], {
    cwd: project,
    env: { ...process.env, MLSCORE_STATE: cli.state, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const closed = once(child, "close");
  child.stderr.resume();
  // Its first line comes when it has found the endpoint.
  await Promise.race([once(child.stdout, "data"), closed]);
  child.stdout.resume();
  await Promise.race([sleep(random() * LONGEST_MS[command]), closed]);
  child.kill("SIGKILL");
  await closed;
  return child.signalCode === "SIGKILL";
}

async function finish(command: Command, ...args: string[]): Promise<void> {
  const { status, stderr } = await cli.beside("rollout/cli.ts", command, ...args, "--stack", STACK);
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
}

it(
  "leave no split outside the plan, lose no request, and are finished by the next command",
  async () => {
    const { port } = await client.status();
    const { primaryKey } = await client.keys();
    const body = readFileSync(join(directory, "requests", "first.json"), "utf8");
    const load = steadyLoad(() => callEndpoint(port, primaryKey, { body }), 2);
    const allowed = new Set(["100/0", "80/20", "50/50", "0/100"]);
    const seen = new Set<string>();
    const kills: Record<Command, number> = { start: 0, promote: 0, abort: 0 };
    const total = () => kills.start + kills.promote + kills.abort;
    let [old, canary] = ["blue", "green"];
    const look = async () => {
      const traffic = await split();
      const text = `${traffic[old] ?? 0}/${traffic[canary] ?? 0}`;
      expect([...allowed]).toContain(text);
      seen.add(text);
    };

    while (total() < KILLS) {
      // Until one is on record as begun, whatever was killed before.
      while (now().open === undefined) {
        if (total() < KILLS && random() < 0.7) {
          if (await killed("start", ["--canary", canary])) kills.start += 1;
        } else await finish("start", "--canary", canary);
        await look();
      }
      const command: Command = random() < 0.7 ? "promote" : "abort";
      const args = command === "promote" ? ["--inconclusive"] : [];
      const more = 1 + Math.floor(random() * 3);
      for (let kill = 0; kill < more && total() < KILLS && now().open !== undefined; kill += 1) {
        if (await killed(command, args)) kills[command] += 1;
        await look();
      }
      if (now().open !== undefined) await finish(command, ...args);
      await look();
      const { open, last } = now();
      expect(open).toBeUndefined();
      const outcome = last?.outcome;
      const live = await split();
      const winner = outcome === "promoted" ? canary : old;
      expect([outcome, live[winner]]).toEqual([expect.stringMatching(/^(promoted|aborted)$/), 100]);
      // What was killed between the record and the YAML is finished by a command too.
      if (declared()[winner] !== 100) await finishDeclaration();
      expect(declared()[winner]).toBe(100);
      if (winner === canary) [old, canary] = [canary, old];
    }

    const outcomes = await load.stop();
    expect(outcomes.filter((one) => one !== 200)).toEqual([]);
    expect(total()).toBe(KILLS);
    expect(cli.processes().filter((line) => line.includes("rollout/cli.ts"))).toEqual([]);
    if (KILLS > 10) console.log({ kills, requests: outcomes.length, splits: [...seen] });
  },
  300_000 + KILLS * 60_000,
);

const declared = () => {
  const { traffic } = parse(readFileSync(join(directory, "endpoint.yml"), "utf8")) as {
    readonly traffic: Record<string, number>;
  };
  return traffic;
};

async function finishDeclaration(): Promise<void> {
  const { status, stderr } = await cli.beside("rollout/cli.ts", "adopt", "--stack", STACK);
  if (status !== 0) throw new Error(stderr);
}
