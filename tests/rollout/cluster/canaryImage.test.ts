import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { UserError } from "../../../errors";
import { both, metrics } from "../harness";
import { ClusterBench, digest, NEW, OLD } from "./clusterBench";

const OTHER = `flood@${digest("c")}`;

let bench: ClusterBench;
beforeEach(() => {
  bench = new ClusterBench();
});
afterEach(() => {
  bench.remove();
});

function settings(change: (text: string) => string): void {
  writeFileSync(join(bench.folder, "Pulumi.production.yaml"), change(bench.settingsText()));
}

/** Once, when some of the step's time has passed. */
function meanwhile(change: () => void): void {
  bench.onSleep = () => {
    change();
    bench.onSleep = () => undefined;
  };
}

const deployed = () => {
  bench.cluster.images.canary = `r.example/${OTHER}`;
};
const declared = () => {
  settings((text) => text.replace(NEW, OTHER));
};
const gone = () => {
  settings((text) => text.replace(/ {2}mlscore:canary:[^]*(?= {2}mlscore:hostname)/, ""));
};

describe("a canary that becomes another release while its rollout runs", () => {
  it.each([
    ["is deployed", deployed, `  live          r.example/${OTHER}`],
    ["is declared", declared, `  declared      ${OTHER} (`],
    ["is in the settings no more", gone, "  declared      no canary ("],
  ])(
    "ends a promote that watches it, and changes nothing, when it %s",
    async (_how, change, line) => {
      await bench.start("canary");
      meanwhile(change);
      const fault = await bench.promote();
      expect(fault).toBeInstanceOf(UserError);
      expect(fault?.message).toContain(
        "canary is another release than the one that this rollout began with.",
      );
      expect(fault?.message).toContain(`  at the start  ${NEW}`);
      expect(fault?.message).toContain(line);
      expect(fault?.message).toContain("Choose: abort ends this rollout");
      expect(bench.cluster.weights()).toEqual([90, 10]);
      expect(bench.events()).toEqual(["started 1", "done 1", "stopped"]);
      // At the next check, and not at the end of the step.
      expect(bench.time).toBe(Date.parse(bench.lines()[1]?.time ?? "") + bench.pollMs);
    },
  );

  it("is told by status, and by each command until it is aborted", async () => {
    await bench.start("canary");
    deployed();
    expect(await bench.explained()).toContain("is another release than the one");
    expect((await bench.advance())?.message).toContain("is another release than the one");
    expect((await bench.promote())?.message).toContain("is another release than the one");
    expect(await bench.abort()).toBeUndefined();
    expect(bench.cluster.weights()).toEqual([100, 0]);
  });

  it("goes on when the former release is back", async () => {
    await bench.start("canary");
    deployed();
    await bench.promote();
    bench.cluster.images.canary = `r.example/${NEW}`;
    expect(await bench.promote()).toBeUndefined();
    expect(bench.settings().image).toEqual({ kind: "digest", reference: NEW });
  });

  it("still has the requests taken away when it fails its gate", async () => {
    await bench.start("canary");
    meanwhile(() => {
      deployed();
      bench.window = () =>
        new Map([
          ["stable", both(metrics(9000))],
          ["canary", both(metrics(1000, 500))],
        ]);
    });
    expect((await bench.promote())?.message).toContain("failed its gate");
    expect(bench.cluster.weights()).toEqual([100, 0]);
  });

  it("is not declared by a promotion that began before", async () => {
    await bench.start("canary");
    const context = await bench.context();
    declared();
    await expect(context.declare({ traffic: { canary: 100 }, mirrorTraffic: {} })).rejects.toThrow(
      `is ${OTHER}, and was ${NEW} when this command began`,
    );
    expect(bench.settingsText()).toContain(`digest: ${OLD}`);
    expect(bench.settingsText()).toContain(`image: ${OTHER}`);
  });
});

describe("a canary's release", () => {
  it("is put on record at the start", async () => {
    await bench.start("canary");
    expect(bench.lines()[0]).toMatchObject({ event: "started", image: NEW });
  });

  it.each([deployed, declared])("must be the declared one, or nothing begins", async (change) => {
    change();
    expect((await bench.start("canary"))?.message).toMatch(/^canary runs r\.example\/.* first$/);
    expect(bench.cluster.writes).toEqual([]);
    expect(bench.events()).toEqual([]);
  });

  it("is not judged by files that cannot be read now", async () => {
    await bench.start("canary");
    const read = bench.declaredImage;
    bench.declaredImage = () => Promise.reject(new UserError("half written"));
    meanwhile(() => (bench.declaredImage = read));
    expect(await bench.promote()).toBeUndefined();
  });

  it("is not checked where the record has none, from before it was put down", async () => {
    await bench.start("canary");
    bench.record = bench.record.replace(`"image":"${NEW}",`, "");
    deployed();
    expect(await bench.promote()).toBeUndefined();
    expect(bench.cluster.weights()).toEqual([0, 100]);
  });
});
