import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { Command } from "commander";
import { scoringPython } from "./python";
import type { SuiteResult } from "./runner/events";
import { inRunFolder } from "./runner/run";
import { runSuites, type Work } from "./runner/runSuites";
import { allSuites, isPytest } from "./runner/suites";

/** `npm run test:flaky`: see its --help. */

interface Options {
  readonly times: string;
  readonly load: string;
}

const LIMIT_SECONDS = 1800;

async function main(patterns: readonly string[], options: Options): Promise<void> {
  const suites = allSuites().filter((one) => patterns.some((pattern) => one.includes(pattern)));
  if (suites.length === 0) {
    console.error(`No suite's path contains ${patterns.join(" or ")}.`);
    process.exitCode = 1;
    return;
  }
  const times = Number(options.times);
  const python = suites.some(isPytest) ? scoringPython() : "";
  const work: Work[] = Array.from({ length: times }, () =>
    suites.map((suite): Work => {
      return isPytest(suite)
        ? { runner: "pytest", suites: [suite], python }
        : { runner: "jest", suite };
    }),
  ).flat();
  const runs = new Map(suites.map((suite) => [suite, { passed: 0, failures: [] as string[] }]));
  const onEnd = ({ suite, failed, finished, failure, seconds }: SuiteResult) => {
    const entry = runs.get(suite);
    if (entry === undefined) return;
    const good = finished && failed === 0;
    if (good) entry.passed += 1;
    else entry.failures.push(failure ?? "no further details");
    const run = entry.passed + entry.failures.length;
    console.error(
      `${good ? "passed" : "FAILED"} ${suite}, run ${run} of ${times} (${seconds.toFixed(1)} s)`,
    );
    if (!good) console.error(failure);
  };
  const { left, interrupted } = await inRunFolder({}, async (context) => {
    const load = Array.from({ length: Number(options.load) }, () =>
      keepACoreBusy(context.env, context.folder),
    );
    const lanes = availableParallelism();
    await runSuites({
      ...context,
      work,
      lanes,
      limitSeconds: LIMIT_SECONDS,
      onStart: () => undefined,
      onEnd,
    });
    for (const one of load) one.kill("SIGKILL");
  });
  for (const line of left) console.error(`left behind: ${line}`);
  for (const [suite, { passed, failures }] of runs) {
    console.log(
      `${suite}: ${passed} of ${times} passed${failures.length > 0 ? `, ${failures.length} failed` : ""}`,
    );
  }
  const clean = left.length === 0 && [...runs.values()].every(({ passed }) => passed === times);
  process.exitCode = interrupted ?? (clean ? 0 : 1);
}

/** It has the run's folder in its environment, so it ends with the run whatever happens. */
function keepACoreBusy(env: NodeJS.ProcessEnv, folder: string): ReturnType<typeof spawn> {
  return spawn(process.execPath, ["-e", "for (;;);"], {
    env: { ...env, TMPDIR: folder },
    stdio: "ignore",
  });
}

void new Command("npm run test:flaky --")
  .description(
    "Runs suites repeatedly while other processes keep all cores busy, and prints how often each one passed.",
  )
  .argument("<patterns...>", "suites whose path contains one of these")
  .option("--times <count>", "how often each suite runs", "50")
  .option(
    "--load <processes>",
    "how many processes compete for the cores",
    String(availableParallelism()),
  )
  .action((patterns: string[], options: Options) => main(patterns, options))
  .parseAsync();
