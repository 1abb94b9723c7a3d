// A process that runs Jest suites one after another and reports each test over the IPC channel. The runner starts one per
// lane and sends it one suite at a time, so that lanes stay equally busy and a suite that hangs is ended with its lane alone.
// Jest's own worker pool is not used: it waits forever for a worker that was killed.
import { fileURLToPath } from "node:url";
import { runCLI } from "jest";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
const REPORTER = fileURLToPath(new URL("jestReporter.cjs", import.meta.url));

process.on("message", (suite) => {
  const options = {
    _: [],
    $0: "jest",
    runTestsByPath: true,
    testPathPatterns: [],
    runInBand: true,
    silent: true,
    watchman: false,
    reporters: [REPORTER],
  };
  runCLI({ ...options, _: [suite] }, [PROJECT]).then(
    () => process.send({ type: "idle", memoryBytes: process.memoryUsage.rss() }),
    (error) => {
      process.send({ type: "end", suite, failure: String(error?.stack ?? error) });
      process.exit(1);
    },
  );
});
// The runner has ended without a word to its lanes.
process.on("disconnect", () => process.exit(1));
