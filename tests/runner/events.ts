/** What a test process reports to the runner, as it happens. */
export type TestEvent =
  | { readonly type: "start"; readonly suite: string }
  | {
      readonly type: "test";
      readonly suite: string;
      readonly name: string;
      readonly outcome: "passed" | "failed" | "skipped";
    }
  | { readonly type: "skip-reason"; readonly suite: string; readonly reason: string }
  | {
      readonly type: "end";
      readonly suite: string;
      /** Everything that failed in it, formatted by the test framework. */
      readonly failure?: string;
    }
  /** The process waits for its next suite. */
  | { readonly type: "idle"; readonly memoryBytes: number };

/** How a suite ended: all its tests ran (`finished`), or its process was ended before that. */
export interface SuiteResult {
  readonly suite: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly finished: boolean;
  readonly seconds: number;
  readonly failure: string | undefined;
  /** Why tests were skipped, as they say it themselves; each reason once. */
  readonly skipReasons: readonly string[];
}

/** Adds up the events of one suite. */
export class SuiteTally {
  private readonly began = performance.now();
  private readonly counts = { passed: 0, failed: 0, skipped: 0 };
  private readonly reasons = new Set<string>();

  constructor(readonly suite: string) {}

  seconds(): number {
    return (performance.now() - this.began) / 1000;
  }

  test(outcome: "passed" | "failed" | "skipped"): void {
    this.counts[outcome] += 1;
  }

  skipReason(reason: string): void {
    this.reasons.add(reason);
  }

  /** A suite that failed without a failed test counts as one failure. */
  end(finished: boolean, failure?: string): SuiteResult {
    const missing = failure !== undefined && this.counts.failed === 0 ? 1 : 0;
    return {
      suite: this.suite,
      ...this.counts,
      failed: this.counts.failed + missing,
      finished,
      seconds: this.seconds(),
      failure,
      skipReasons: [...this.reasons],
    };
  }
}
