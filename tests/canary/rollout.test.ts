import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { stringify } from "yaml";
import type { EndpointStatus } from "../../local/endpoint";
import { Load, type LoadResult } from "../cluster/load";
import { sandboxSettings } from "../stacks";
import { CommandLine, type Done } from "../e2e/commandLine";
import { copyProject } from "../e2e/projectCopy";

/**
 * Rollouts by command on the local endpoint, with real scoring processes under steady load: what a gate stops, and that
 * users notice no more than the canary's own share. It proves nothing about Azure Monitor's numbers.
 */

const FIXTURE = join(__dirname, "..", "fixtures", "canary");

/** A fifth of them for some seconds is what a gate needs to judge. */
const PER_SECOND = 20;
/** Of each deployment: WORKER_COUNT in the fixture. */
const WORKERS = 3;
const STEPS = [
  { mirror: 20, dwellSeconds: 6 },
  { percent: 20, dwellSeconds: 8 },
  // Steps of seconds bring too few requests to prove anything.
  { percent: 100, dwellSeconds: 3, gate: { passWhen: "noBreach" } },
];
/** One error in twenty is told from one in a hundred after some 160 requests; the step ends as soon as that is shown. */
const LONGER_STEPS = STEPS.map((step) =>
  step.percent === 20 ? { ...step, dwellSeconds: 90 } : step,
);
/**
 * Latency decides only where it is what the test is about: a busy machine slows both deployments down unevenly. The ratio is
 * the largest that the settings take; without one, their default of 1.5 would hold.
 */
const ERRORS = { minRequests: 20, maxErrorPercent: 1, maxP95Ratio: 100 };
const ERRORS_AND_LATENCY = { ...ERRORS, maxP95Ratio: 2 };

describe("npm run rollout", () => {
  const project = copyProject();
  const cli = new CommandLine(project);
  const stack = "canary";
  const settingsFile = join(project, `Pulumi.${stack}.yaml`);
  const directory = mkdtempSync(join(tmpdir(), "canary-"));

  const status = () =>
    JSON.parse(cli.local("status", "--stack", stack, "--json").stdout) as EndpointStatus;
  const rollout = (...args: string[]) => cli.beside("rollout/cli.ts", ...args, "--stack", stack);
  const up = () => cli.local("up", "--all", "--detach", "--stack", stack);
  const variables = (name: string, values: Record<string, string>) => {
    const lines = Object.entries(values).map(([key, value]) => `  ${key}: "${value}"\n`);
    const original = readFileSync(join(FIXTURE, `${name}.yml`), "utf8");
    const text = original.replace("environment_variables:\n", `$&${lines.join("")}`);
    writeFileSync(join(directory, `${name}.yml`), text);
  };
  const requestsTo = (name: string) => {
    const found = status().deployments.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no deployment ${name}`);
    return found.metrics;
  };

  const judgeBy = (gate: object, steps: readonly object[] = STEPS, others: object = {}) => {
    const smoke = join(directory, "requests", "first.json");
    const settings = sandboxSettings({
      endpointDirectory: directory,
      rollout: { steps, gate, parity: {}, smoke, ...others },
    });
    writeFileSync(settingsFile, stringify({ config: settings }));
  };

  /** Blue with all requests, and green with these variables and none. */
  async function bringUp(green: Record<string, string> = {}): Promise<void> {
    cpSync(join(FIXTURE, "endpoint.yml"), join(directory, "endpoint.yml"));
    variables("green", green);
    for (const done of [up(), await rollout("restore")]) {
      if (done.status !== 0) throw new Error(done.stdout + done.stderr);
    }
    expect(status()).toMatchObject({
      traffic: { blue: 100, green: 0 },
      mirrorTraffic: {},
      tags: {},
    });
  }

  /** Start and, where that goes well, all steps. */
  async function startAndPromote(): Promise<Done> {
    const started = await rollout("start", "--canary", "green");
    expect(afterWarnings(started)).toMatchObject({ status: 0, stderr: "" });
    expect(status().mirrorTraffic).toEqual({ green: 20 });
    return rollout("promote");
  }

  async function underLoad<T>(
    work: () => Promise<T>,
    body = '{"data": [1, 2.5]}',
  ): Promise<{ result: T; load: LoadResult }> {
    const { scoringUri } = status();
    const key = readCurlKey(up().stdout);
    const load = new Load({
      url: scoringUri,
      body,
      headers: { authorization: `Bearer ${key}` },
      perSecond: PER_SECOND,
      keepAlive: true,
    });
    try {
      const result = await work();
      return { result, load: await load.stop() };
    } catch (error) {
      await load.stop();
      throw error;
    }
  }

  beforeAll(() => {
    cpSync(FIXTURE, directory, { recursive: true });
    judgeBy(ERRORS);
    const { status: exit, stderr } = up();
    if (exit !== 0) throw new Error(stderr);
  });
  afterAll(() => {
    cli.local("down", "--stack", stack);
    cli.remove();
    rmSync(directory, { recursive: true });
    rmSync(project, { recursive: true });
  });
  it("brings a good canary to all requests, step by step, without a failed request", async () => {
    await bringUp();
    const { result, load } = await underLoad(startAndPromote);
    expect(result.status).toBe(0);
    expect(load.counts).toEqual({ 200: load.sent });
    expect(status()).toMatchObject({ traffic: { blue: 0, green: 100 }, tags: {} });
    expect(readFileSync(join(directory, "endpoint.yml"), "utf8")).toMatch(
      /blue: 0\n {2}green: 100/,
    );
  });

  it("rolls a canary back that fails every twentieth request", async () => {
    judgeBy(ERRORS, LONGER_STEPS);
    await bringUp({ FAIL_EVERY: "20" });
    const before = requestsTo("green");
    const { result, load } = await underLoad(startAndPromote);
    judgeBy(ERRORS);
    expect(result.status).toBe(1);
    expect(result.stdout + result.stderr).toMatch(
      /% of \d+ requests to green failed \(424: \d+\), more than maxErrorPercent 1/,
    );
    expect(status()).toMatchObject({ traffic: { blue: 100, green: 0 }, tags: {} });
    const failed = load.sent - (load.counts["200"] ?? 0);
    const green = requestsTo("green");
    const share = green.requests - before.requests;
    expect(failed).toBe((green.byStatus[424] ?? 0) - (before.byStatus[424] ?? 0));
    // Each worker counts for itself, from where the mirrored requests left it.
    expect(failed).toBeLessThanOrEqual(share / 20 + WORKERS);
    expect(requestsTo("blue").byStatus).toEqual({ 200: requestsTo("blue").requests });
  });

  it("rolls a canary back that is many times as slow", async () => {
    judgeBy(ERRORS_AND_LATENCY, LONGER_STEPS);
    // Far enough apart that a busy machine cannot hide it, and few enough for the canary's workers.
    await bringUp({ ANSWER_MS: "500" });
    const { result, load } = await underLoad(startAndPromote);
    expect(result.status).toBe(1);
    judgeBy(ERRORS);
    expect(result.stdout + result.stderr).toMatch(/p95 .* maxP95Ratio 2/);
    expect(status()).toMatchObject({ traffic: { blue: 100, green: 0 }, tags: {} });
    expect(load.counts).toEqual({ 200: load.sent });
  });

  it("does not begin with a canary whose answers differ", async () => {
    await bringUp({ WEIGHT: "2.1" });
    const { result, load } = await underLoad(() => rollout("start", "--canary", "green"));
    expect(result.status).toBe(1);
    expect(result.stdout + result.stderr).toMatch(
      /green answers 2 of 2 recorded requests \(100 %\) differently from blue, more than maxDifferentPercent 0/,
    );
    expect(status()).toMatchObject({ traffic: { blue: 100, green: 0 }, tags: {} });
    expect(load.counts).toEqual({ 200: load.sent });
    expect(requestsTo("green").requests).toBeLessThanOrEqual(3);
  });

  it("finds a canary whose answers differ for callers alone before it gets its first request", async () => {
    // The recorded requests have no such value, so the comparison at the start accepts it.
    await bringUp({ DIFFER_ABOVE: "3" });
    const { result, load } = await underLoad(async () => {
      const started = await rollout("start", "--canary", "green");
      const before = requestsTo("green").requests;
      return { started, before, promoted: await rollout("promote") };
    }, '{"data": [1, 4]}');
    expect(result.started.stdout).toContain("green answers 2 of 2 recorded requests as blue does");
    expect(result.promoted.status).toBe(1);
    expect(result.promoted.stdout + result.promoted.stderr).toMatch(
      /step 1 of 3 .* failed its gate: (\d+) of \1 answers? differs? \(100 %\) between green and the old deployments, more than maxDifferentPercent 0 \(most often \$\[\*\]: \1\)/,
    );
    // Only those of the tests before the first step, by name.
    expect(requestsTo("green").requests).toBe(result.before);
    expect(status()).toMatchObject({ traffic: { blue: 100, green: 0 }, tags: {} });
    expect(status()).not.toHaveProperty("comparison");
    expect(load.counts).toEqual({ 200: load.sent });
  });

  it("finds such a canary by sampled requests where no caller asks", async () => {
    const samples = join(directory, "samples");
    mkdirSync(samples);
    for (const value of [1, 2, 4]) {
      writeFileSync(join(samples, `${value}.json`), JSON.stringify({ data: [value] }));
    }
    const steps = [{ shadow: 100, dwellSeconds: 60 }, ...STEPS.slice(1)];
    judgeBy({ ...ERRORS, minRequests: 1 }, steps, { samples });
    await bringUp({ DIFFER_ABOVE: "3" });
    expect((await rollout("start", "--canary", "green")).status).toBe(0);
    const before = ["blue", "green"].map((name) => requestsTo(name).requests);
    const promoted = await rollout("promote");
    judgeBy(ERRORS);
    expect(promoted.status).toBe(1);
    expect(promoted.stdout).toContain("Sends 3 sampled requests to green and to blue by name");
    expect(promoted.stdout + promoted.stderr).toMatch(
      /failed its gate: 1 of 3 answers differ \(33.33 %\) .* \(most often \$\[\*\]: 1\)/,
    );
    expect(["blue", "green"].map((name) => requestsTo(name).requests)).toEqual(
      before.map((requests) => requests + 3),
    );
    expect(status()).toMatchObject({
      traffic: { blue: 100, green: 0 },
      mirrorTraffic: {},
      tags: {},
    });
  });

  it("does not begin with a canary that never gets ready, which serves nobody", async () => {
    await bringUp();
    const { result, load } = await underLoad(async () => {
      variables("green", { START_SECONDS: "600" });
      // Long enough on its way for a command to find it there.
      const green = join(directory, "green.yml");
      const text = readFileSync(green, "utf8");
      writeFileSync(green, text.replaceAll("failure_threshold: 180", "failure_threshold: 40"));
      const brought = cli.beside("local/cli.ts", "up", "--all", "--detach", "--stack", stack);
      while (status().bringUps["green"] === undefined) await sleep(200);
      const early = await rollout("start", "--canary", "green");
      return { brought: await brought, early, late: await rollout("start", "--canary", "green") };
    });
    expect(result.brought.status).toBe(1);
    expect(afterWarnings(result.early)).toMatchObject({
      status: 1,
      stderr: "The deployment green is Updating, not Succeeded\n",
    });
    expect(afterWarnings(result.late)).toMatchObject({
      status: 1,
      stderr: "The deployment green is Failed, not Succeeded\n",
    });
    expect(status()).toMatchObject({ traffic: { blue: 100 }, tags: {} });
    expect(load.counts).toEqual({ 200: load.sent });
  });
});

/**
 * What a command said after its two warnings, which must be there: each deployment of the fixture lets in more requests than it
 * has workers.
 */
function afterWarnings(done: Done): Done {
  const lines = done.stderr.split("\n");
  const warned = lines.splice(0, 2).map((line) => WARNING.exec(line)?.[1]);
  expect(warned).toEqual(["blue", "green"]);
  return { ...done, stderr: lines.join("\n") };
}

const WARNING =
  /^warning: \[runtime\] \S+\/(\w+)\.yml:\d+: request_settings\.max_concurrent_requests_per_instance: is 200, and the server has 3 workers/;

function readCurlKey(printed: string): string {
  const key = /Bearer ([\w-]+)'/.exec(printed)?.[1];
  if (key === undefined) throw new Error(`no key in ${printed}`);
  return key;
}
