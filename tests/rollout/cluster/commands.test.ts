import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { adopt, restore } from "../../../rollout/reconcile";
import { UserError } from "../../../errors";
import { Killed } from "../../armHarness";
import { both, metrics } from "../harness";
import { ClusterBench, NEW, OLD } from "./clusterBench";

let bench: ClusterBench;
beforeEach(() => {
  bench = new ClusterBench();
});
afterEach(() => {
  bench.remove();
});

const marker = () => bench.cluster.route.metadata.annotations?.["mlscore/rollout"];

describe("a rollout in a cluster", () => {
  it("ends with the canary's digest as the stable image, and comments left", async () => {
    expect(await bench.start("canary")).toBeUndefined();
    expect(bench.cluster.weights()).toEqual([90, 10]);
    expect(marker()).toMatch(/^canary [0-9a-f-]{36}$/);
    expect(await bench.promote()).toBeUndefined();
    expect(bench.cluster.weights()).toEqual([0, 100]);
    expect(marker()).toBeUndefined();
    expect(bench.cluster.managers()).toEqual(["pulumi-kubernetes-1"]);
    expect(bench.settingsText()).toBe(
      [
        "config:",
        "  # Who may change this: the team.",
        "  mlscore:image:",
        `    digest: ${NEW} # scanned`,
        "  mlscore:hostname: flood.example.internal # of callers",
        "",
      ].join("\n"),
    );
  });

  it("is in order between its promotion and the update that makes the canary stable", async () => {
    await bench.start("canary");
    await bench.promote();
    const explained = await bench.explained();
    expect(explained).toContain("was promoted");
    expect(explained).not.toContain("not the declared one");
    // The update has given the stable track the image; now all requests are to go there.
    bench.cluster.images = { stable: `r.example/${NEW}`, canary: `r.example/${NEW}` };
    expect(await bench.explained()).toContain("not the declared one: stable 100 %");
  });

  it("gives everything back when the gate fails, and leaves the settings", async () => {
    const before = bench.settingsText();
    await bench.start("canary");
    bench.window = (seconds) =>
      new Map([
        ["stable", both(metrics(Math.floor(9 * seconds)))],
        ["canary", both(metrics(Math.floor(seconds), Math.floor(seconds / 10)))],
      ]);
    expect((await bench.promote())?.message).toContain("failed its gate");
    expect(bench.cluster.weights()).toEqual([100, 0]);
    expect(bench.cluster.managers()).toEqual(["pulumi-kubernetes-1"]);
    expect(bench.settingsText()).toBe(before);
  });

  it("does not begin with a canary that has no pod, and says so", async () => {
    bench.cluster.pods.canary = [0, 2];
    const fault = await bench.start("canary");
    expect(fault?.message).toBe("The deployment canary has 0 of 2 pods available");
    expect(bench.cluster.writes).toEqual([]);
  });

  it("rolls a canary back that loses its last pod", async () => {
    await bench.start("canary");
    bench.onSleep = () => (bench.cluster.pods.canary = [0, 2]);
    expect((await bench.promote())?.message).toContain("canary has 0 of 2 pods available");
    expect(bench.cluster.weights()).toEqual([100, 0]);
  });

  it("overwrites no weights that somebody else has written, until it is told to", async () => {
    await bench.start("canary");
    bench.cluster.setWeights("kubectl-edit", 50, 50);
    expect((await bench.advance())?.message).toContain("was changed outside of this rollout");
    expect(bench.cluster.weights()).toEqual([50, 50]);
    expect(await bench.run((context) => restore(context, { takeOver: false }))).toBeUndefined();
    expect(bench.cluster.weights()).toEqual([90, 10]);
    bench.cluster.setWeights("kubectl-edit", 50, 50);
    expect(await bench.run((context) => adopt(context, { takeOver: false }))).toBeUndefined();
    expect(bench.cluster.weights()).toEqual([50, 50]);
    expect(bench.settings().canary?.weight).toBe(50);
    expect(marker()).toBeUndefined();
  });

  it("leaves the marker of somebody else's rollout alone", async () => {
    bench.cluster.edit("other", ({ metadata }) => {
      metadata.annotations = { ...metadata.annotations, "mlscore/rollout": "canary other" };
    });
    expect((await bench.start("canary"))?.message).toContain("that the record");
    expect(bench.cluster.weights()).toEqual([100, 0]);
    expect(marker()).toBe("canary other");
  });

  it("asks before each step whether the canary can take it", async () => {
    const asked: (readonly number[])[] = [];
    bench.checkCapacity = (percents) => {
      asked.push(percents);
      return percents[0] === 100
        ? Promise.reject(new UserError("Nothing was changed: 100 % need 3 pods"))
        : Promise.resolve();
    };
    await bench.start("canary");
    expect((await bench.promote())?.message).toBe("Nothing was changed: 100 % need 3 pods");
    expect(asked).toEqual([[10, 100], [100]]);
    expect(bench.cluster.weights()).toEqual([90, 10]);
    bench.checkCapacity = undefined;
    expect(await bench.promote()).toBeUndefined();
  });
});

describe("a rollout in a cluster that is killed after any of its effects", () => {
  const PLANNED = ["100,0", "90,10", "0,100"];

  it.each(["promote", "abort"] as const)("is finished by %s", async (command) => {
    for (let effects = 0; ; effects += 1) {
      const killed = new ClusterBench();
      try {
        killed.effectsLeft = effects;
        const fault = (await killed.start("canary")) ?? (await killed.promote());
        killed.effectsLeft = Number.POSITIVE_INFINITY;
        expect(PLANNED).toContain(String(killed.cluster.weights()));
        if (fault === undefined) {
          expect(effects).toBeGreaterThan(15);
          return;
        }
        expect(fault).toBeInstanceOf(Killed);
        expect(await killed.explained()).toContain("Next:");
        const open = killed.cluster.route.metadata.annotations?.["mlscore/rollout"];
        const after = await (command === "promote" ? killed.promote() : killed.abort());
        if (open !== undefined) expect(after).toBeUndefined();
        expect(PLANNED).toContain(String(killed.cluster.weights()));
        // What a kill before the first write, or after the last one, leaves, is no rollout.
        if (killed.events().length > 0) {
          expect(killed.cluster.managers()).toEqual(["pulumi-kubernetes-1"]);
          expect(killed.events().at(-1)).toMatch(/^done (?:promoted|aborted)$/);
        }
        await killed.run((context) => adopt(context, { takeOver: false }));
        const isPromoted = String(killed.cluster.weights()) === "0,100";
        expect(killed.settingsText()).toContain(`digest: ${isPromoted ? NEW : OLD}`);
      } finally {
        killed.remove();
      }
    }
  });
});
