import { once } from "node:events";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { seededRandom } from "../local/endpoint/support/random";
import { Canaries, HOST, whyNoCanaries } from "./canaries";
import { eventually, get, skipLoudly } from "./cluster";
import { Load, post } from "./load";
import { ENDPOINT, NEW, OLD } from "./scoringDouble";

/**
 * Rollouts of production against a real API server, a real gateway and a real Prometheus. Does not prove Azure's gateway, its
 * managed Prometheus, the autoscaler, or more than one node.
 */

const suite = skipLoudly("tests/cluster/rollout", whyNoCanaries()) ? describe.skip : describe;

/** MLSCORE_KILLS sets another number. */
const KILLS = Number(process.env["MLSCORE_KILLS"] ?? 3);
const random = seededRandom(Number(process.env["MLSCORE_SEED"] ?? 1));
const PER_SECOND = 60;
const PLANNED = ["100,0", "90,10", "50,50", "0,100"];

suite("a rollout of production on a cluster", () => {
  const canaries = new Canaries();
  let load: Load;
  let url = "";

  beforeAll(async () => {
    await canaries.prepare();
    const { spec } = get("service", "traefik", "-n", "traefik");
    url = `http://${String(spec?.["clusterIP"])}/score`;
    const target = { url, body: "{}", headers: { Host: HOST } };
    await eventually("an answer of the gateway", 120, async () =>
      (await post(target).catch(() => "")) === "200" ? true : undefined,
    );
    load = new Load({ ...target, perSecond: PER_SECOND, keepAlive: true });
  });
  afterAll(async () => {
    process.stderr.write(`requests of all: ${JSON.stringify(await load.stop())}\n`);
    canaries.remove();
  });
  beforeEach(() => {
    canaries.reset();
  });

  async function run(...args: string[]) {
    const child = canaries.rollout(...args);
    const ended = once(child, "close");
    const [out, error] = await Promise.all([text(child.stdout!), text(child.stderr!), ended]);
    return { status: child.exitCode, text: `${out}${error}` };
  }

  const expectClosed = () => {
    expect(canaries.managers()).not.toContain('"mlscore-rollout"');
    expect(canaries.managers()).not.toContain("mlscore/rollout");
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

  it(`shows planned weights after each of ${KILLS} kills, and is finished by the command again`, async () => {
    canaries.canary({});
    for (let kill = 0; kill < KILLS; kill += 1) {
      const isOpen = canaries.managers().includes("mlscore/rollout");
      const child = canaries.rollout(...(isOpen ? ["promote"] : ["start", "--canary", "canary"]));
      const closed = once(child, "close");
      child.stdout?.resume();
      child.stderr?.resume();
      // After what it says first, it is at work.
      await Promise.race([once(child.stdout!, "data"), closed]);
      await Promise.race([sleep(random() * 25_000), closed]);
      child.kill("SIGKILL");
      await closed;
      expect(PLANNED).toContain(String(canaries.weights()));
      const explained = await run("status");
      expect(explained.status).toBe(0);
      if (
        String(canaries.weights()) === "0,100" &&
        !canaries.managers().includes("mlscore/rollout")
      ) {
        canaries.reset();
      }
    }
    const isOpen = canaries.managers().includes("mlscore/rollout");
    if (isOpen) expect((await run("promote")).status).toBe(0);
    expect(PLANNED).toContain(String(canaries.weights()));
    expectClosed();
  });
});
