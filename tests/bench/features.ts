import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sparkTests } from "../spark";
import { median, type Section } from "./section";

/**
 * Features looked up through delta-rs and through Spark, and answers in process and through the local endpoint, as
 * ratios of one run. Needs Java and Maven; without them there is nothing to compare.
 */

const PROJECT = join(__dirname, "..", "..");
const FIRSTS = 3;

interface Ratio {
  readonly what: string;
  readonly slow: number;
  readonly fast: number;
  readonly bound: string;
  readonly holds: (ratio: number) => boolean;
}

export async function featuresSection(): Promise<Section> {
  const spark = await sparkTests();
  if (typeof spark === "string") throw new Error(`Nothing to compare: ${spark}.`);
  const python = (...args: string[]) => {
    const started = performance.now();
    const done = spawnSync(spark.python, ["-m", "tests.spark.bench", ...args], {
      cwd: join(PROJECT, "scoring"),
      env: { ...spark.env, PYTHONPATH: `src:.:${spark.env["PYTHONPATH"] ?? ""}` },
      encoding: "utf8",
    });
    if (done.status !== 0) throw new Error(done.stderr.slice(-3000));
    const found = JSON.parse(done.stdout.trim().split("\n").at(-1) ?? "") as unknown;
    return { found, seconds: (performance.now() - started) / 1000 };
  };

  console.error("look-ups of a day, both readers by turns …");
  const warm = python("lookups").found as Record<string, { p50: number; p95: number }>;
  console.error("processes from nothing to their first look-up …");
  const firsts = Array.from({ length: FIRSTS }, () => ({
    fast: python("first", "delta-rs").seconds,
    slow: python("first", "spark").seconds,
  }));
  console.error("answers in process and through the local endpoint …");
  const served = throughEndpoint(
    (uri, key) => python("endpoint", uri, key).found as Record<string, number>,
  );
  const ratios: Ratio[] = [
    {
      what: "look-up, warm: Spark / delta-rs (p50)",
      slow: warm["spark"]?.p50 ?? NaN,
      fast: warm["delta-rs"]?.p50 ?? NaN,
      bound: "at least 100",
      holds: (ratio) => ratio >= 100,
    },
    {
      what: `first look-up of a new process: Spark / delta-rs (median of ${FIRSTS})`,
      slow: median(firsts.map(({ slow }) => slow)),
      fast: median(firsts.map(({ fast }) => fast)),
      bound: "at least 50",
      holds: (ratio) => ratio >= 50,
    },
    {
      what: "answer with look-up: endpoint / in process (p50)",
      slow: served["endpoint"] ?? NaN,
      fast: served["in process"] ?? NaN,
      bound: "at most 3",
      holds: (ratio) => ratio <= 3,
    },
  ];
  console.error("a table that grew by daily merges, before and after its maintenance …");
  console.error(JSON.stringify(python("merges").found, null, 2));
  return {
    id: "features",
    title: "Feature look-ups through Spark and through delta-rs",
    rows: [
      ["", "ms", "ms", "ratio", "wanted", ""],
      ...ratios.map(({ what, slow, fast, bound, holds }) => [
        ...[what, milliseconds(slow), milliseconds(fast)],
        ...[(slow / fast).toFixed(1), bound, holds(slow / fast) ? "holds" : "missed"],
      ]),
    ],
  };
}

/** Brings the sandbox's endpoint up in a state of its own, and takes it down again whatever happens. */
function throughEndpoint(
  measure: (uri: string, key: string) => Record<string, number>,
): Record<string, number> {
  const state = mkdtempSync(join(tmpdir(), "bench-features-"));
  const local = (...args: string[]) =>
    spawnSync(process.execPath, ["--import", "tsx", "local/cli.ts", ...args], {
      cwd: PROJECT,
      env: { ...process.env, MLSCORE_STATE: state },
      encoding: "utf8",
    });
  try {
    const up = local("up", "--detach");
    const [, uri] = /Scoring URI +(\S+)/.exec(up.stdout) ?? [];
    const [, key] = /Key +(\S+)/.exec(up.stdout) ?? [];
    if (uri === undefined || key === undefined) throw new Error(up.stdout + up.stderr);
    return measure(uri, key);
  } finally {
    local("down");
    rmSync(state, { recursive: true, force: true });
  }
}

function milliseconds(seconds: number): string {
  return (seconds * 1000).toFixed(1);
}
