// Tells the runner of each test as it ends. Jest loads reporters without transforming them, hence plain JavaScript.
const { join, relative } = require("node:path");

const PROJECT = join(__dirname, "..", "..");

module.exports = class JestReporter {
  onTestFileStart({ path }) {
    process.send({ type: "start", suite: relative(PROJECT, path) });
  }

  onTestCaseResult({ path }, { fullName, status }) {
    // Jest does not report skipped tests one by one; they come with the suite's end.
    if (status !== "passed" && status !== "failed") return;
    process.send({ type: "test", suite: relative(PROJECT, path), name: fullName, outcome: status });
  }

  onTestFileResult({ path }, { failureMessage, testResults }) {
    const suite = relative(PROJECT, path);
    for (const { fullName, status } of testResults) {
      if (status === "passed" || status === "failed") continue;
      process.send({ type: "test", suite, name: fullName, outcome: "skipped" });
    }
    // A suite that does not load has a failure and no test that failed.
    process.send({ type: "end", suite, ...(failureMessage && { failure: failureMessage }) });
  }
};
