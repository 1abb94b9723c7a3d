import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { loadConfig } from "../../config";
import { ConfigError } from "../../errors";
import type { RolloutPlan } from "../../config/rollout";
import { ENDPOINT_DIRECTORY, sandboxSettings } from "../stacks";

/** Does not prove that the plan is followed: that is tests/rollout. */

const FULL = { percent: 100, dwellSeconds: 60 };

async function plan(rollout: unknown): Promise<RolloutPlan> {
  pulumi.runtime.setAllConfig({ ...sandboxSettings({ rollout }) });
  const config = await loadConfig("test");
  if (config.target !== "sandbox" || config.rollout === undefined) throw new Error("no plan");
  return config.rollout;
}

async function faults(rollout: unknown): Promise<string[]> {
  const error: unknown = await plan(rollout).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) throw new Error(`no ConfigError but ${String(error)}`);
  return error.problems
    .filter(({ severity }) => severity === "error")
    .map(({ key, message }) => `${key ?? ""}: ${message}`);
}

const withSteps = (...steps: unknown[]) => ({ steps });

describe("mlscore:rollout", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "requests-"));
    writeFileSync(join(folder, "one.json"), "{}");
    mkdirSync(join(folder, "empty"));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it("is missing where it is not written", async () => {
    pulumi.runtime.setAllConfig({ ...sandboxSettings() });
    expect(await loadConfig("test")).not.toHaveProperty("rollout");
  });

  it("has defaults for everything but the steps, and looks for requests beside the YAML", async () => {
    expect(await plan({ steps: [FULL], parity: {} })).toEqual({
      steps: [
        {
          kind: "live",
          percent: 100,
          dwellSeconds: 60,
          gate: {
            minRequests: 100,
            maxErrorPercent: 1,
            maxP95Ratio: 1.5,
            onBreach: "rollBack",
            passWhen: "proven",
          },
        },
      ],
      confidence: 95,
      smoke: join(ENDPOINT_DIRECTORY, "sample-request.json"),
      parity: {
        requests: join(ENDPOINT_DIRECTORY, "requests"),
        absoluteTolerance: 0,
        relativeTolerance: 0,
        maxDifferentPercent: 0,
        ignore: [],
      },
    });
  });

  it("compares nothing unless it is written", async () => {
    expect(await plan({ steps: [FULL] })).not.toHaveProperty("parity");
  });

  it("lets a step have limits of its own and keeps the others", async () => {
    const { steps } = await plan({
      steps: [{ mirror: 10, dwellSeconds: 5, gate: { onBreach: "stop", maxP95Ms: 900 } }, FULL],
      gate: { minRequests: 20, maxErrorPercent: 0.5, maxP95Ratio: 2, onBreach: "rollBack" },
    });
    expect(steps).toEqual([
      {
        kind: "mirror",
        percent: 10,
        dwellSeconds: 5,
        gate: {
          minRequests: 20,
          maxErrorPercent: 0.5,
          maxP95Ratio: 2,
          maxP95Ms: 900,
          onBreach: "stop",
          passWhen: "noBreach",
        },
      },
      {
        kind: "live",
        percent: 100,
        dwellSeconds: 60,
        gate: {
          minRequests: 20,
          maxErrorPercent: 0.5,
          maxP95Ratio: 2,
          onBreach: "rollBack",
          passWhen: "proven",
        },
      },
    ]);
  });

  it("has a step proven from half of the requests on, unless its gate or that of all says otherwise", async () => {
    const steps = [
      { mirror: 50, dwellSeconds: 5 },
      { percent: 49, dwellSeconds: 5 },
      { percent: 50, dwellSeconds: 5 },
      { ...FULL, gate: { passWhen: "noBreach" } },
    ];
    const passWhen = async (gate: object) =>
      (await plan({ steps, gate })).steps.map((step) => step.gate.passWhen);
    expect(await passWhen({})).toEqual(["noBreach", "noBreach", "proven", "noBreach"]);
    expect(await passWhen({ passWhen: "proven" })).toEqual([
      "proven",
      "proven",
      "proven",
      "noBreach",
    ]);
  });

  it("compares answers in a mirrored step as the recorded requests are, unless it says otherwise", async () => {
    const steps = [{ mirror: 10, dwellSeconds: 5 }, FULL];
    const limits = async (rollout: object) =>
      (await plan({ steps, ...rollout })).steps.map(({ gate }) => gate.maxDifferentPercent);
    expect(await limits({})).toEqual([undefined, undefined]);
    expect(await limits({ parity: {} })).toEqual([0, undefined]);
    expect(await limits({ parity: { maxDifferentPercent: 2 } })).toEqual([2, undefined]);
    expect(await limits({ parity: {}, gate: { maxDifferentPercent: 3 } })).toEqual([3, undefined]);
    expect(await limits({ gate: { maxDifferentPercent: 3 } })).toEqual([3, undefined]);
    const own = [{ ...steps[0], gate: { maxDifferentPercent: 4 } }, FULL];
    expect(await limits({ steps: own, gate: { maxDifferentPercent: 3 } })).toEqual([4, undefined]);
  });

  it("sends sampled requests, of which it knows the number, and compares the answers", async () => {
    const samples = "tests/fixtures/canary/requests";
    const own = { maxDifferentPercent: 2, minRequests: 1 };
    const settings = { steps: [{ shadow: 5, dwellSeconds: 60, gate: own }, FULL], samples };
    const { steps, samples: folder } = await plan(settings);
    expect(folder).toBe(join(__dirname, "..", "..", samples));
    expect(steps[0]).toMatchObject({
      kind: "shadow",
      percent: 0,
      replay: { perSecond: 5, requests: 2 },
      gate: { maxDifferentPercent: 2, passWhen: "noBreach" },
    });
    expect(steps[1]?.gate).not.toHaveProperty("maxDifferentPercent");
  });

  it("takes files that are named, relative to the project", async () => {
    const { smoke, parity } = await plan({
      steps: [FULL],
      smoke: "scoring/flash-flood-predictor/sample-request.json",
      parity: { requests: folder },
    });
    expect(smoke).toBe(
      join(__dirname, "..", "..", "scoring", "flash-flood-predictor", "sample-request.json"),
    );
    expect(parity?.requests).toBe(folder);
  });

  const HITS = 'sum(increase(high_total{deployment="{deployment}"}[{seconds}s]))';
  const HIGH = { name: "high-flow", language: "promql", hits: HITS, total: HITS, maxRatio: 2 };
  const PROMETHEUS = "http://prometheus.monitoring:9090/base";

  it("takes own metrics with their queries as texts or from files", async () => {
    const query =
      "Log | where DeploymentName == '{deployment}' and TimeGenerated > datetime({from})";
    writeFileSync(join(folder, "stale.kql"), `${query}\n`);
    const workspace = "00000000-0000-0000-0000-00000000000A";
    const stale = {
      name: "stale",
      language: "kql",
      hits: join(folder, "stale.kql"),
      total: query,
      maxPercent: 5,
      minRatio: 0.5,
    };
    const { metrics, sources } = await plan({
      steps: [FULL],
      metrics: [HIGH, stale],
      prometheus: PROMETHEUS,
      logAnalytics: workspace,
    });
    expect(metrics).toEqual([HIGH, { ...stale, hits: query }]);
    expect(sources).toEqual({ prometheus: PROMETHEUS, logAnalytics: workspace });
    expect(await plan({ steps: [FULL] })).not.toHaveProperty("metrics");
  });

  it("takes the plan of the documentation, with files of this machine", async () => {
    const text = readFileSync(join(__dirname, "..", "..", "docs", "rollout.md"), "utf8");
    const block = text
      .split("\n\n")
      .find((one) => one.startsWith("    mlscore:rollout:\n      steps:"));
    const moved = block
      ?.replaceAll(/^ {4}/gm, "")
      .replace("path/to/request.json", join(folder, "one.json"))
      .replaceAll("path/to/folder", folder);
    const { "mlscore:rollout": rollout } = parse(moved ?? "") as { "mlscore:rollout": object };
    const { steps } = await plan(rollout);
    expect(steps.map(({ kind, percent }) => [kind, percent])).toEqual([
      ["mirror", 10],
      ["shadow", 0],
      ["live", 1],
      ["live", 100],
    ]);
  });

  it("takes the example of the documentation, with its query of the logs", async () => {
    const text = readFileSync(join(__dirname, "..", "..", "docs", "rollout.md"), "utf8");
    const blocks = text.split("\n\n").filter((block) => block.startsWith("    "));
    const blockWith = (start: string) =>
      blocks.find((block) => block.startsWith(`    ${start}`))?.replaceAll(/^ {4}/gm, "") ?? "";
    const settings = blocks
      .map((block) => block.replaceAll(/^ {4}/gm, ""))
      .find((block) => block.includes("- name: high-flow"));
    for (const name of ["stale-features", "answers"]) {
      writeFileSync(join(folder, `${name}.kql`), blockWith("AmlOnlineEndpointConsoleLog"));
    }
    const moved = settings?.replaceAll("queries/", `${folder}/`) ?? "";
    const { "mlscore:rollout": rollout } = parse(moved) as { "mlscore:rollout": object };
    const { metrics } = await plan({ steps: [FULL], ...rollout });
    expect(metrics?.map(({ name, language }) => [name, language])).toEqual([
      ["high-flow", "promql"],
      ["stale-features", "kql"],
    ]);
    expect(metrics?.[1]?.hits).toMatch(
      /^AmlOnlineEndpointConsoleLog\n.*\n.*\n\| summarize count\(\)$/,
    );
  });

  const own = (changes: object, others: object = { prometheus: PROMETHEUS }) => ({
    steps: [FULL],
    metrics: [{ ...HIGH, ...changes }],
    ...others,
  });
  it.each<[string, unknown, string[]]>([
    [
      "a metric without a limit",
      own({ maxRatio: undefined }),
      ["rollout.metrics.0: must have a limit: maxPercent, maxRatio, minRatio"],
    ],
    [
      "a query of no deployment and no time",
      own({ hits: "sum(up)" }),
      [
        "rollout.metrics.0.hits: must have {deployment}, so that canary and old deployments are told apart; must have {seconds} or {from}, so that it counts in the time of the step alone",
      ],
    ],
    [
      "a placeholder that there is not",
      own({ total: `${HITS} {window}` }),
      [
        "rollout.metrics.0.total: has {window}, which is no placeholder; there are {deployment}, {endpoint}, {seconds}, {from}",
      ],
    ],
    [
      "a file that is not there",
      own({ hits: "no/such.promql" }),
      [
        'rollout.metrics.0.hits: is "no/such.promql", which does not exist; it is looked for in the project',
      ],
    ],
    [
      "a query that is sent nowhere",
      own({}, {}),
      [
        'rollout.metrics.0.language: is "promql", which needs mlscore:rollout.prometheus: where it is asked',
      ],
    ],
    [
      "another language",
      own({ language: "sql" }),
      ['rollout.metrics.0.language: is "sql"; must be one of promql, kql'],
    ],
    [
      "a name that is taken",
      { steps: [FULL], metrics: [HIGH, HIGH], prometheus: PROMETHEUS },
      ['rollout.metrics.1.name: is "high-flow" twice'],
    ],
    [
      "a password in a URL",
      own({}, { prometheus: "https://me:word@prometheus.example.com" }),
      [expect.stringMatching(/^rollout.prometheus: .*without a user/) as unknown as string],
    ],
    [
      "a workspace by name",
      own({}, { prometheus: PROMETHEUS, logAnalytics: "logs" }),
      ['rollout.logAnalytics: is "logs"; must be the id of a Log Analytics workspace (a GUID)'],
    ],
    [
      "an unknown key",
      own({ maxShare: 1 }),
      [
        expect.stringMatching(
          /^rollout.metrics.0.maxShare: is not a known key/,
        ) as unknown as string,
      ],
    ],
  ])("refuses of own metrics: %s", async (_what, rollout, expected) => {
    expect(await faults(rollout)).toEqual(expected);
  });

  const eleven = { percent: 11, dwellSeconds: 1 };
  it.each<[string, unknown, string[]]>([
    ["no steps", {}, ['rollout.steps: is missing; must be a list (items begin with "- ")']],
    [
      "an empty list of steps",
      { steps: [] },
      ["rollout.steps: is empty; must end with a step of percent: 100"],
    ],
    [
      "a last step below 100",
      withSteps(eleven),
      ["rollout.steps.0.percent: is 11, and is the last step; the last one is percent: 100"],
    ],
    [
      "a mirrored step alone",
      withSteps({ mirror: 10, dwellSeconds: 1 }),
      ["rollout.steps.0.mirror: is 10, and is the last step; the last one is percent: 100"],
    ],
    [
      "a step that goes back",
      withSteps(eleven, { percent: 10, dwellSeconds: 1 }, FULL),
      ["rollout.steps.1.percent: is 10; must be more than the step before, 11"],
    ],
    [
      "the same step twice",
      withSteps(eleven, eleven, FULL),
      ["rollout.steps.1.percent: is 11; must be more than the step before, 11"],
    ],
    [
      "mirrored requests after live ones",
      withSteps(eleven, { mirror: 10, dwellSeconds: 1 }, FULL),
      [
        "rollout.steps.1.mirror: must be the first step: a deployment gets mirrored or live requests",
      ],
    ],
    [
      "more mirrored requests than Azure allows",
      withSteps({ mirror: 51, dwellSeconds: 1 }, FULL),
      [
        "rollout.steps.0.mirror: is 51; must be a whole number from 1 to 50 (percent of the requests; Azure mirrors half at most)",
      ],
    ],
    [
      "a part of a percent",
      withSteps({ percent: 0.5, dwellSeconds: 1 }, FULL),
      [
        "rollout.steps.0.percent: is 0.5; must be a whole number from 1 to 100 (percent of the requests)",
      ],
    ],
    [
      "mirrored and live requests at once",
      withSteps({ mirror: 10, percent: 1, dwellSeconds: 1 }, FULL),
      [
        "rollout.steps.0: must have one of mirror, shadow and percent: what the canary gets in this step",
      ],
    ],
    [
      "neither mirrored nor live requests",
      withSteps({ dwellSeconds: 1 }, FULL),
      [
        "rollout.steps.0: must have one of mirror, shadow and percent: what the canary gets in this step",
      ],
    ],
    [
      "a step that never ends",
      withSteps({ percent: 100, dwellSeconds: 604_801 }),
      [
        "rollout.steps.0.dwellSeconds: is 604801; must be a whole number from 1 to 604800 (seconds; a week at most)",
      ],
    ],
    [
      "a step without a time",
      withSteps({ percent: 100 }),
      [
        "rollout.steps.0.dwellSeconds: is missing; must be a whole number from 1 to 604800 (seconds; a week at most)",
      ],
    ],
    [
      "an unknown key of a step's gate",
      withSteps({ ...FULL, gate: { maxErrorsPercent: 1 } }),
      [
        'rollout.steps.0.gate.maxErrorsPercent: is not a known key; did you mean "maxErrorPercent"?',
      ],
    ],
    [
      "a limit on differing answers where none are compared",
      withSteps({ ...FULL, gate: { maxDifferentPercent: 1 } }),
      [
        "rollout.steps.0.gate.maxDifferentPercent: is 1, and answers are compared in a step with mirror or shadow",
      ],
    ],
    [
      "a part as a percent of more than all",
      { steps: [FULL], gate: { maxDifferentPercent: 101 } },
      [
        "rollout.gate.maxDifferentPercent: is 101; must be a number from 0 to 100 (percent of the compared answers)",
      ],
    ],
    [
      "sampled requests after live ones",
      {
        steps: [eleven, { shadow: 1, dwellSeconds: 1 }, FULL],
        samples: "tests/fixtures/canary/requests",
      },
      ["rollout.steps.1.shadow: must come before the steps in which the canary gets live requests"],
    ],
    [
      "sampled requests alone",
      { steps: [{ shadow: 1, dwellSeconds: 1 }], samples: "tests/fixtures/canary/requests" },
      ["rollout.steps.0.shadow: is 1, and is the last step; the last one is percent: 100"],
    ],
    [
      "sampled requests that are nowhere",
      withSteps({ shadow: 1, dwellSeconds: 1 }, FULL),
      [
        "rollout.steps.0.shadow: needs mlscore:rollout.samples, a folder with sampled requests: nothing else knows what callers send",
      ],
    ],
    [
      "a folder without sampled requests",
      { steps: [FULL], samples: "config" },
      [
        'rollout.samples: is "config", which is not a folder with .json files; it is looked for in the project',
      ],
    ],
    [
      "another reaction",
      { steps: [FULL], gate: { onBreach: "rollback" } },
      ['rollout.gate.onBreach: is "rollback"; must be one of rollBack, stop'],
    ],
    [
      "another time to pass",
      { steps: [FULL], gate: { passWhen: "always" } },
      ['rollout.gate.passWhen: is "always"; must be one of noBreach, proven'],
    ],
    [
      "the risk in place of the confidence",
      { steps: [FULL], confidence: 5 },
      [
        "rollout.confidence: is 5; must be a number from 50 to 99.9999 (percent; the rest is the chance of a false alarm)",
      ],
    ],
    [
      "a ratio below one",
      { steps: [FULL], gate: { maxP95Ratio: 0.9 } },
      [
        "rollout.gate.maxP95Ratio: is 0.9; must be a number from 1 to 100 (times the old deployments' p95)",
      ],
    ],
    [
      "a request that is not there",
      { steps: [FULL], smoke: "no/such.json" },
      ['rollout.smoke: is "no/such.json", which is not a file; it is looked for in the project'],
    ],
    [
      "a folder without requests",
      { steps: [FULL], parity: { requests: "config" } },
      [
        'rollout.parity.requests: is "config", which is not a folder with .json files; it is looked for in the project',
      ],
    ],
    [
      "a negative tolerance",
      { steps: [FULL], parity: { absoluteTolerance: -1 } },
      [
        "rollout.parity.absoluteTolerance: is -1; must be a number from 0 to 1000000000 (the difference of two numbers)",
      ],
    ],
  ])("refuses %s", async (_what, rollout, expected) => {
    expect(await faults(rollout)).toEqual(expected);
  });

  it("tells all that is wrong at once", async () => {
    const found = await faults({ steps: [{ mirror: 51 }], gate: { minRequests: 0 }, smok: "x" });
    expect(found.map((fault) => fault.split(":")[0])).toEqual([
      "rollout.smok",
      "rollout.steps.0.mirror",
      "rollout.steps.0.dwellSeconds",
      "rollout.gate.minRequests",
    ]);
  });
});
