import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "@jest/globals";
import { MOST_BYTES, readTextIfThere } from "../../input/userFile";
import { parseRecord } from "../../rollout/record";
import { recorded } from "../../rollout/state";
import { killCommands, tellCounts, type KillSite } from "../canary/killLoop";
import { seededRandom } from "../local/endpoint/support/random";
import type { Canaries } from "./canaries";
import { eventually } from "./cluster";
import type { Load, LoadResult } from "./load";
import { RouteHistory } from "./routeHistory";
import { ENDPOINT, NEW, OLD } from "./scoringDouble";

/** MLSCORE_KILLS sets another number, MLSCORE_SEED other moments. One takes about ten seconds. */
const KILLS = Number(process.env["MLSCORE_KILLS"] ?? 3);
const SEED = Number(process.env["MLSCORE_SEED"] ?? 1);

/** Steps that are short, and that a slow machine passes too. */
const PLAN = {
  steps: [10, 50, 100].map((percent) => ({
    percent,
    dwellSeconds: 1,
    gate: { minRequests: 1, maxP95Ratio: 100, passWhen: "noBreach" },
  })),
};

/** The tracks of a cluster, whose rollout begins anew when it was promoted. */
class ClusterSite implements KillSite {
  readonly lockFile;
  readonly recordFile;
  readonly longestMs = { start: 3_000, promote: 12_000, abort: 2_000 };
  readonly planned = ["100/0", "90/10", "50/50", "0/100"];

  constructor(private readonly canaries: Canaries) {
    this.lockFile = canaries.lockPath();
    this.recordFile = canaries.recordPath();
    canaries.reset(PLAN);
  }

  readonly canary = () => "canary";

  readonly spawn: KillSite["spawn"] = (command, args) => this.canaries.rollout(command, ...args);

  readonly recorded = () => {
    const record = readTextIfThere(this.recordFile, MOST_BYTES.document);
    return recorded(parseRecord(record ?? "").lines, ENDPOINT);
  };

  readonly watch: KillSite["watch"] = (onSplit) => {
    const history = new RouteHistory((weights) => {
      onSplit(weights.replace(",", "/"));
    });
    return async () => {
      await history.stop();
    };
  };

  readonly afterEnd: KillSite["afterEnd"] = async (outcome) => {
    const isPromoted = outcome === "promoted";
    expect([outcome, this.canaries.weights()]).toEqual([
      expect.stringMatching(/^(promoted|aborted)$/),
      isPromoted ? [0, 100] : [100, 0],
    ]);
    expect(this.canaries.isReleased()).toBe(true);
    const wanted = `digest: ${isPromoted ? NEW : OLD}`;
    // What was killed between the record and the settings is finished by a command too.
    if (!this.canaries.settingsText().includes(wanted)) {
      const child = this.canaries.rollout("adopt");
      child.stdout?.resume();
      child.stderr?.resume();
      await once(child, "close");
    }
    expect(this.canaries.settingsText()).toContain(wanted);
    if (isPromoted) this.canaries.reset(PLAN);
  };
}

export function itSurvivesKills(canaries: Canaries, callers: () => Load): void {
  it(
    `shows planned weights at ${KILLS} kills, each explained and finished by the next command`,
    async () => {
      canaries.canary({});
      const load = callers();
      let outcomes: LoadResult = { sent: 0, counts: {}, slowestMs: 0 };
      const counts = await killCommands(new ClusterSite(canaries), {
        kills: KILLS,
        seed: SEED,
        random: seededRandom(SEED),
      }).finally(async () => {
        outcomes = await load.stop();
      });
      const { sent, counts: answers } = outcomes;
      tellCounts({ ...counts, sent, answers });
      expect(answers).toEqual({ 200: sent });
      const { start, promote, abort } = counts.kills;
      expect(start + promote + abort).toBe(KILLS);
      expect(counts).toMatchObject({ explained: KILLS, splitsOutsidePlan: 0 });
      // A forwarding to a pod ends with its command.
      await eventually("the end of all forwardings", 30, () =>
        spawnSync("pgrep", ["-f", `port-forward.*${ENDPOINT}`]).status === 1 ? true : undefined,
      );
    },
    300_000 + KILLS * 60_000,
  );
}
