import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scoringPython } from "./python";
import { sparkTests } from "./spark";

/**
 * Runs every test that needs no cloud and adds up what the runners counted: Jest in parallel over what needs nothing
 * but this project, then pytest, then pytest in Spark's own environment, then Jest one suite after the other over what
 * loads the machine or needs it quiet.
 */

type Ended = Pick<SpawnSyncReturns<Buffer>, "status" | "signal">;

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const PROJECT = join(__dirname, "..");
const reports = mkdtempSync(join(tmpdir(), "mlscore-tests-"));

/** Minutes after which a runner is ended: one test that never yields would take the whole run with it. */
const LIMIT_MINUTES = 20;
const LIMITED = { timeout: LIMIT_MINUTES * 60_000, killSignal: "SIGKILL" } as const;

/**
 * With real engines, containers and clusters, each of which says on stderr when it finds none and is skipped; and rollouts
 * under load, whose gates measure latency.
 */
const REAL_PARTS = ["container", "cluster", "engine", "canary"].map(
  (suite) => `<rootDir>/tests/${suite}/`,
);

function jest(name: string, ...options: string[]): Counts {
  const report = join(reports, `${name}.json`);
  const done = spawnSync(
    process.execPath,
    [
      join(PROJECT, "node_modules/jest/bin/jest.js"),
      "--json",
      `--outputFile=${report}`,
      ...options,
    ],
    { cwd: PROJECT, stdio: ["ignore", 2, 2], ...LIMITED },
  );
  return counted(name, done, () => {
    const result = JSON.parse(readFileSync(report, "utf8")) as Record<string, number>;
    return {
      passed: result["numPassedTests"] ?? 0,
      // A file that does not even load has no tests of its own to fail.
      failed: (result["numFailedTests"] ?? 0) + (result["numRuntimeErrorTestSuites"] ?? 0),
      skipped: (result["numPendingTests"] ?? 0) + (result["numTodoTests"] ?? 0),
    };
  });
}

/** Without Spark's tests where those are run by themselves; elsewhere they are skipped here, and counted as that. */
async function pytest(): Promise<Counts> {
  const spark = await sparkTests().catch((error: unknown) => error as Error);
  if (typeof spark === "string") {
    console.error(`SKIPPED: nothing is tested on Spark, because ${spark}.`);
    return pytestIn("pytest", scoringPython(), []);
  }
  const plain = pytestIn("pytest", scoringPython(), ["--ignore=tests/spark"]);
  if (!(spark instanceof Error)) {
    return sum(plain, pytestIn("pytest-spark", spark.python, ["tests/spark"], spark.env));
  }
  console.error(spark.message);
  return { ...plain, failed: plain.failed + 1 };
}

function pytestIn(
  name: string,
  python: string,
  options: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Counts {
  const report = join(reports, `${name}.xml`);
  const done = spawnSync(python, ["-m", "pytest", "-q", `--junit-xml=${report}`, ...options], {
    cwd: join(PROJECT, "scoring"),
    stdio: ["ignore", 2, 2],
    env,
    ...LIMITED,
  });
  return counted(name, done, () => {
    const suite = /<testsuite [^>]*>/.exec(readFileSync(report, "utf8"))?.[0] ?? "";
    const attribute = (name: string) =>
      Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
    const failed = attribute("failures") + attribute("errors");
    const skipped = attribute("skipped");
    return { passed: attribute("tests") - failed - skipped, failed, skipped };
  });
}

/**
 * A runner that ends badly without a failed test (a crash, a coverage gate) counts as one failure, and so does one that
 * found no test; all of them skipped is what a machine without the real parts gives.
 */
function counted(runner: string, done: Ended, read: () => Counts): Counts {
  if (done.signal === LIMITED.killSignal) {
    console.error(`${runner} was ended after ${LIMIT_MINUTES} minutes.`);
  }
  let counts: Counts;
  try {
    counts = read();
  } catch {
    console.error(`${runner} left no report.`);
    counts = { passed: 0, failed: 0, skipped: 0 };
  }
  const found = counts.passed + counts.skipped > 0;
  if (!found) console.error(`${runner} passed no test.`);
  const ended = done.status === 0 && found;
  return ended || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

function sum(one: Counts, other: Counts): Counts {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
  };
}

const runners = [
  // As many workers as cores; what the programs under test warn of is noise here, and failures are shown all the same.
  () => jest("jest", "--maxWorkers=100%", "--silent", "--testPathIgnorePatterns", ...REAL_PARTS),
  pytest,
  () => jest("jest-real-parts", "--runInBand", "--roots", ...REAL_PARTS),
];
async function run(): Promise<void> {
  let total: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const runner of runners) {
    try {
      total = sum(total, await runner());
    } catch (error) {
      console.error((error as Error).message);
      total = sum(total, { passed: 0, failed: 1, skipped: 0 });
    }
  }
  rmSync(reports, { recursive: true, force: true });
  const skipped = total.skipped === 0 ? "" : `, ${total.skipped} skipped`;
  console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

void run();
