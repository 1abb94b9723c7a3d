import { Command } from "commander";
import { scoringPython } from "./python";
import type { Work } from "./runner/runSuites";
import { runAndReport } from "./runner/run";
import { allSuites, isPytest, onlyWithAll, ONLY_WITH_ALL } from "./runner/suites";
import { sparkTests } from "./spark";

/** `npm test`: see its --help. */

const SPARK = "scoring/tests/spark/";

interface Options {
  readonly all?: true;
  readonly slowest: string;
  readonly limit?: string;
}

async function main(patterns: readonly string[], { all, slowest, limit }: Options): Promise<void> {
  const matching = allSuites().filter(
    (suite) => patterns.length === 0 || patterns.some((pattern) => suite.includes(pattern)),
  );
  if (matching.length === 0) {
    console.error(`No suite's path contains ${patterns.join(" or ")}.`);
    console.log("0 passed, 1 failed");
    process.exitCode = 1;
    return;
  }
  // A suite that is named on the command line always runs.
  const suites =
    all || patterns.length > 0 ? matching : matching.filter((one) => !onlyWithAll(one));
  const leftOut =
    suites.length < matching.length
      ? ONLY_WITH_ALL.map(({ prefix, why }) => `${prefix} (${why})`)
      : [];
  process.exitCode = await runAndReport({
    work: await workFor(suites),
    leftOut,
    slowest: Number(slowest),
    ...(limit === undefined ? {} : { limitSeconds: Number(limit) }),
    env: all ? { MLSCORE_TEST_ALL: "1" } : {},
  });
}

async function workFor(suites: readonly string[]): Promise<Work[]> {
  const jest = suites.filter((suite) => !isPytest(suite));
  const spark = suites.filter((suite) => suite.startsWith(SPARK));
  const pytest = suites.filter((suite) => isPytest(suite) && !spark.includes(suite));
  const work: Work[] = [];
  if (spark.length > 0) {
    const how = await sparkTests();
    if (typeof how === "string") {
      // They skip themselves in an environment without Spark, and say what is missing.
      work.push({ runner: "pytest", suites: spark, python: scoringPython() });
    } else work.push({ runner: "pytest", suites: spark, ...how });
  }
  if (pytest.length > 0) work.push({ runner: "pytest", suites: pytest, python: scoringPython() });
  return [...work, ...jest.map((suite) => ({ runner: "jest", suite }) as const)];
}

void new Command("npm test --")
  .description("Runs the tests that need no cloud; the last line is `N passed, N failed`.")
  .argument("[patterns...]", "only suites whose path contains one of these")
  .option(
    "--all",
    "also slow suites, suites that need other programs, and all cases of the property tests",
  )
  .option(
    "--limit <seconds>",
    "what a suite may take (default: 1200), for one that is asked for more",
  )
  .option("--slowest <count>", "list this many of the slowest suites at the end", "0")
  .addHelpText(
    "after",
    `\nLeft out without --all:\n${ONLY_WITH_ALL.map(({ prefix, why }) => `  ${prefix.padEnd(58)}${why}`).join("\n")}\n`,
  )
  .action((patterns: string[], options: Options) => main(patterns, options))
  .parseAsync();
