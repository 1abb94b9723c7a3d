import { once } from "node:events";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { backgroundOf } from "../../rollout/background";
import { Canaries, HOST, SAMPLES, STEPS, whyNoCanaries } from "./canaries";
import { eventually, get, skipLoudly } from "./cluster";
import { itSurvivesKills } from "./clusterKills";
import { Load, post } from "./load";
import { RouteHistory } from "./routeHistory";
import { ENDPOINT, NEW, OLD, OTHER, requestsTo } from "./scoringDouble";

/**
 * Rollouts of production against a real API server, a real gateway and a real Prometheus. Does not prove Azure's gateway, its
 * managed Prometheus, the autoscaler, or more than one node.
 */

const suite = skipLoudly("tests/cluster/rollout", whyNoCanaries()) ? describe.skip : describe;

const PER_SECOND = 60;
/** Sampled requests before the first live percent; the step ends when all are sent. */
const SHADOW_FIRST = {
  samples: SAMPLES.folder,
  steps: [
    {
      shadow: 20,
      dwellSeconds: 60,
      gate: { minRequests: 20, maxP95Ratio: 100, maxDifferentPercent: 1 },
    },
    ...STEPS,
  ],
};

suite("a rollout of production on a cluster", () => {
  const canaries = new Canaries();
  let load: Load;
  let url = "";

  beforeAll(async () => {
    await canaries.prepare();
    const { spec } = get("service", "traefik", "-n", "traefik");
    url = `http://${String(spec?.["clusterIP"])}/score`;
    await eventually("an answer of the gateway", 120, async () =>
      (await post(target()).catch(() => "")) === "200" ? true : undefined,
    );
    load = new Load({ ...target(), perSecond: PER_SECOND, keepAlive: true });
  });
  afterAll(async () => {
    process.stderr.write(`requests of all: ${JSON.stringify(await load.stop())}\n`);
    canaries.remove();
  });
  beforeEach(() => {
    canaries.reset();
  });

  const target = () => ({ url, body: "{}", headers: { Host: HOST } });

  async function run(...args: string[]) {
    const child = canaries.rollout(...args);
    const ended = once(child, "close");
    const [out, error] = await Promise.all([text(child.stdout!), text(child.stderr!), ended]);
    return { status: child.exitCode, text: `${out}${error}` };
  }

  const expectClosed = () => {
    expect(canaries.isReleased()).toBe(true);
  };

  it("promotes a good canary, and makes its digest the stable image", async () => {
    canaries.canary({});
    const started = await run("start", "--canary", "canary");
    expect(started.text).toContain("The rollout of canary is at step 1");
    expect(canaries.weights()).toEqual([90, 10]);
    const promoted = await run("promote");
    expect(promoted.text).toContain("The rollout of canary is promoted");
    expect(promoted.status).toBe(0);
    expect(canaries.weights()).toEqual([0, 100]);
    expect(canaries.settingsText()).toContain(`digest: ${NEW}`);
    expect(canaries.settingsText()).not.toContain("mlscore:canary");
    expectClosed();
    // What the next update applies: nothing conflicts any more.
    const route = canaries.tryApplyAs("pulumi-test", canaries.route());
    expect(route.stderr).not.toContain("conflict");
    expect(canaries.weights()).toEqual([100, 0]);
  });

  it("keeps another applier from changing the weights while it runs, and no longer", async () => {
    canaries.canary({});
    await run("start", "--canary", "canary");
    const done = canaries.tryApplyAs("pulumi-test", canaries.route());
    expect(done.status).not.toBe(0);
    expect(done.stderr).toContain('conflict with "mlscore-rollout"');
    expect(done.stderr).toContain(".spec.rules");
    expect(canaries.weights()).toEqual([90, 10]);
    expect((await run("abort")).status).toBe(0);
    expectClosed();
    expect(canaries.tryApplyAs("pulumi-test", canaries.route()).status).toBe(0);
  });

  it.each([
    ["5 % of errors", { ERRORS: "5" }, "maxErrorPercent"],
    ["three times the latency", { MS: "60" }, "maxP95Ratio"],
  ])("rolls back a canary with %s", async (_what, fault, limit) => {
    canaries.canary(fault);
    const started = await run("start", "--canary", "canary");
    expect(started.status).toBe(0);
    const { status, text: said } = await run("promote");
    expect(said).toContain(limit);
    expect(said).toContain("The old deployments have all traffic again.");
    expect(status).toBe(1);
    expect(canaries.weights()).toEqual([100, 0]);
    expect(canaries.settingsText()).toContain(`digest: ${OLD}`);
    expectClosed();
  });

  it("gives nothing to a canary that never gets ready", async () => {
    canaries.deploy("canary", NEW, {});
    canaries.deploy("stable", OLD, {});
    canaries.canary({ READY: "never" });
    // Its ready pod of before goes only when a new one is ready, so it is taken away.
    await eventually("a canary without a ready pod", 60, () => {
      canaries.scaleCanary();
      const { status } = get("deployment", "scoring-canary", "-n", ENDPOINT);
      return status?.["availableReplicas"] === undefined ? true : undefined;
    });
    const { status, text: said } = await run("start", "--canary", "canary");
    expect(said).toContain("pods available");
    expect(status).toBe(1);
    expect(canaries.weights()).toEqual([100, 0]);
  });

  it("finds a canary that answers differently before it gets a live request", async () => {
    canaries.canary({ ANSWER: "2" });
    canaries.reset(SHADOW_FIRST);
    const history = new RouteHistory();
    const before = await requestsTo("stable");
    expect((await run("start", "--canary", "canary")).status).toBe(0);
    const { status, text: said } = await run("promote");
    expect(said).toContain(`Sends ${SAMPLES.count} sampled requests to canary and to stable`);
    expect(said).toMatch(/failed its gate: (\d+) of \1 answers differ \(100 %\)/);
    expect(said).toContain("(most often $.predictions[*]: ");
    expect(status).toBe(1);
    expect(await history.stop()).toEqual(["100,0"]);
    // The smoke test at the start, and each sampled request once; no caller's.
    expect(await requestsTo("canary")).toEqual({ live: 0, named: 1 + SAMPLES.count });
    const after = await requestsTo("stable");
    expect(after.named - before.named).toBe(SAMPLES.count);
    expect(after.live).toBeGreaterThan(before.live);
    expect(readFileSync(canaries.recordPath(), "utf8")).not.toContain('"sample"');
    expectClosed();
  });

  it("gives a canary that answers alike its first live requests after that step", async () => {
    canaries.canary({});
    canaries.reset(SHADOW_FIRST);
    const history = new RouteHistory();
    expect((await run("start", "--canary", "canary")).status).toBe(0);
    const { status, text: said } = await run("advance");
    expect(said).toContain("Now at step 2 of 4");
    expect(status).toBe(0);
    expect((await run("abort")).status).toBe(0);
    expect(await history.stop()).toEqual(["100,0", "90,10", "100,0"]);
    expect((await requestsTo("canary")).live).toBeGreaterThan(0);
  });

  it("goes on in the background without a terminal, and tells of itself", async () => {
    canaries.canary({});
    await run("start", "--canary", "canary");
    const detached = await run("promote", "--detach");
    expect(detached.text).toMatch(/promote goes on in the background: process \d+, log /);
    expect(detached.status).toBe(0);
    expect((await run("status")).text).toContain("A promote runs in the background since");
    const second = await run("promote");
    expect(second.text).toContain("A promote of this rollout runs in the background");
    expect(second.status).toBe(1);
    const ended = await eventually("the end of the promote", 180, () => {
      const found = backgroundOf(canaries.lockPath());
      return found?.state === "alive" ? undefined : found;
    });
    expect(ended).toMatchObject({ state: "ended", run: { status: 0 } });
    expect(readFileSync(ended.run.log, "utf8")).toContain("The rollout of canary is promoted");
    expect(canaries.weights()).toEqual([0, 100]);
    expect(canaries.settingsText()).toContain(`digest: ${NEW}`);
    expectClosed();
  });

  it("stops when another release is deployed to the canary under it", async () => {
    canaries.canary({});
    await run("start", "--canary", "canary");
    const promoting = canaries.rollout("promote");
    const closed = once(promoting, "close");
    const said = Promise.all([text(promoting.stdout!), text(promoting.stderr!), closed]);
    await eventually("the second step", 120, () => {
      return String(canaries.weights()) === "50,50" ? true : undefined;
    });
    canaries.deploy("canary", OTHER, {});
    expect((await said).slice(0, 2).join("")).toContain(
      `canary is another release than the one that this rollout began with.\n  at the start  ${NEW}\n` +
        `  live          localhost:5000/${OTHER}\n`,
    );
    expect(promoting.exitCode).toBe(1);
    expect(canaries.weights()).toEqual([50, 50]);
    expect((await run("status")).text).toContain("canary is another release");
    expect((await run("abort")).status).toBe(0);
    expect(canaries.weights()).toEqual([100, 0]);
    expectClosed();
  });

  itSurvivesKills(canaries, () => new Load({ ...target(), perSecond: 20, keepAlive: true }));
});
