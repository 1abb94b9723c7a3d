/** One look at an instance's health: GET / of the inference server (how-to-inference-server-http, server routes). */
import { get } from "node:http";

/** Never rejects. Any answer from 200 to 399 is healthy, as for a Kubernetes HTTP probe. */
export function probe(socketPath: string, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ socketPath, path: "/", agent: false }, (response) => {
      const { statusCode = 0 } = response;
      finish(statusCode >= 200 && statusCode < 400);
    });
    const finish = (healthy: boolean) => {
      clearTimeout(timer);
      request.destroy();
      resolve(healthy);
    };
    const timer = setTimeout(() => {
      finish(false);
    }, timeoutMs);
    request.on("error", () => {
      finish(false);
    });
  });
}

/** Counts probes as Kubernetes does: so many failures, or successes, in a row change the verdict. */
export interface ProbeCounter {
  /** The verdict after this result: `failed` and `passed` stay until the opposite is reached. */
  count(healthy: boolean): "passed" | "failed" | "undecided";
}

export function createProbeCounter(limits: {
  readonly successThreshold: number;
  readonly failureThreshold: number;
}): ProbeCounter {
  let successes = 0;
  let failures = 0;
  let verdict: "passed" | "failed" | "undecided" = "undecided";
  return {
    count(healthy) {
      successes = healthy ? successes + 1 : 0;
      failures = healthy ? 0 : failures + 1;
      if (successes >= limits.successThreshold) verdict = "passed";
      if (failures >= limits.failureThreshold) verdict = "failed";
      return verdict;
    },
  };
}
