import type { SuiteResult } from "./events";

/** Shows a run on standard error while it goes on, and adds it up at its end. */
export class Report {
  private readonly byName = new Map<string, SuiteResult>();
  private left: readonly string[] = [];
  private readonly running = new Map<string, number>();
  private readonly heartbeat: NodeJS.Timeout;

  /**
   * @param total how many suites will run
   * @param interactive whether lines may be overwritten
   */
  constructor(
    private readonly total: number,
    private readonly interactive: boolean,
    heartbeatSeconds = 30,
  ) {
    this.heartbeat = setInterval(
      () => {
        this.showRunning();
      },
      interactive ? 1000 : heartbeatSeconds * 1000,
    );
    this.heartbeat.unref();
  }

  started(suite: string): void {
    this.running.set(suite, performance.now());
  }

  ended(result: SuiteResult): void {
    this.running.delete(result.suite);
    const before = this.byName.get(result.suite);
    this.byName.set(result.suite, before === undefined ? result : merged(before, result));
    const { suite, passed, failed, skipped, seconds, finished, failure } = result;
    const place = `[${String(this.byName.size).padStart(String(this.total).length)}/${this.total}]`;
    const state = !finished ? "ENDED" : failed > 0 ? "FAILED" : passed === 0 ? "skipped" : "passed";
    const counts = [
      `${passed} passed`,
      failed > 0 ? `${failed} failed` : "",
      skipped > 0 ? `${skipped} skipped` : "",
    ];
    this.line(
      `${place} ${state.padEnd(7)} ${suite}: ${counts.filter(Boolean).join(", ")} (${seconds.toFixed(1)} s)`,
    );
    if (failure !== undefined) this.line(indented(failure));
  }

  /** Processes, by their command lines, that still run after the last suite: a failure. */
  leftBehind(processes: readonly string[]): void {
    this.left = processes;
  }

  /** Everything after the last suite but the closing line. */
  summary(leftOut: readonly string[], slowest: number): string {
    clearInterval(this.heartbeat);
    this.clear();
    const notBegun = this.total - this.byName.size - this.running.size;
    const ended = [...this.running.keys(), ...this.names((one) => !one.finished)];
    return [
      section("Slowest suites", this.slowest(slowest)),
      section("Skipped", this.skipped()),
      section("Left out; `npm test -- --all` runs them", leftOut),
      section(
        "Failed",
        this.names((one) => one.finished && one.failed > 0),
      ),
      section("Did not finish", ended),
      section("Processes that suites left behind", this.left),
      notBegun > 0 ? `${notBegun} suites did not begin.\n` : "",
    ]
      .filter(Boolean)
      .join("\n");
  }

  /** The plain line that tools read: the sum of all runners. A suite that did not finish is a failure. */
  closingLine(): string {
    const skipped = this.sum("skipped");
    const failed = this.failed();
    return `${this.sum("passed")} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
  }

  /** Whether there were tests and none failed, and every suite ran. */
  passed(): boolean {
    return this.failed() === 0 && this.byName.size === this.total;
  }

  private failed(): number {
    return this.sum("failed") + this.running.size + (this.left.length > 0 ? 1 : 0);
  }

  private sum(key: "passed" | "failed" | "skipped"): number {
    return this.results().reduce((total, result) => total + result[key], 0);
  }

  private results(): SuiteResult[] {
    return [...this.byName.values()];
  }

  private names(which: (result: SuiteResult) => boolean): string[] {
    return this.results()
      .filter(which)
      .map(({ suite }) => suite);
  }

  private skipped(): string[] {
    const byReason = new Map<string, { tests: number; suites: Set<string> }>();
    for (const { suite, skipped, skipReasons } of this.results()) {
      if (skipped === 0) continue;
      const reason = skipReasons.join("; ") || "no reason given";
      const entry = byReason.get(reason) ?? { tests: 0, suites: new Set() };
      entry.tests += skipped;
      entry.suites.add(suite);
      byReason.set(reason, entry);
    }
    return [...byReason].map(
      ([reason, { tests, suites }]) => `${tests} in ${[...suites].join(", ")}: ${reason}`,
    );
  }

  private slowest(count: number): string[] {
    return this.results()
      .sort((one, other) => other.seconds - one.seconds)
      .slice(0, count)
      .map(({ suite, seconds }) => `${seconds.toFixed(1).padStart(6)} s ${suite}`);
  }

  private showRunning(): void {
    const now = performance.now();
    const names = [...this.running].map(
      ([suite, since]) => `${suite} (${((now - since) / 1000).toFixed(0)} s)`,
    );
    if (names.length === 0) return;
    const text = `running: ${names.join(", ")}`;
    if (!this.interactive) process.stderr.write(`${text}\n`);
    else process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
  }

  private clear(): void {
    if (this.interactive) process.stderr.write("\r\x1b[K");
  }

  private line(text: string): void {
    this.clear();
    process.stderr.write(`${text}\n`);
  }
}

/** pytest runs a file in parts where fixtures have parameters. */
function merged(one: SuiteResult, other: SuiteResult): SuiteResult {
  const failures = [one.failure, other.failure].filter((text) => text !== undefined);
  return {
    suite: one.suite,
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
    finished: one.finished && other.finished,
    seconds: one.seconds + other.seconds,
    failure: failures.length > 0 ? failures.join("\n") : undefined,
    skipReasons: [...new Set([...one.skipReasons, ...other.skipReasons])],
  };
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${title}:\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

function indented(text: string): string {
  return text.replace(/^/gm, "    ");
}
