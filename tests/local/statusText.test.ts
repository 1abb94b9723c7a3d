import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { DeploymentStatus, EndpointStatus } from "../../local/endpoint";
import { createMetrics } from "../../local/endpoint/metrics";
import { tailOfFormerLog, tailOfLogs } from "../../local/logs";
import { statusText } from "../../local/statusText";

function metricsOf(statuses: readonly number[]) {
  const metrics = createMetrics();
  for (const status of statuses) metrics.record(status, status, 4000);
  return metrics.snapshot();
}

const NOT_COMPARED = { compared: 0, different: 0, uncompared: 0, fields: [] };

const deployment = (name: string, changes: Partial<DeploymentStatus>): DeploymentStatus => ({
  name,
  revision: "1",
  state: "unavailable",
  traffic: 100,
  mirrorTraffic: 0,
  inFlight: 0,
  metrics: metricsOf([200, 424, 499]),
  mirrored: { ...metricsOf([]), skipped: 0, comparison: NOT_COMPARED },
  instances: [{ id: 0, state: "ready", pid: 4_000_000, restarts: 1, logPath: "/log" }],
  ...changes,
});

const STATUS: EndpointStatus = {
  name: "flood",
  scoringUri: "http://127.0.0.1:37579/score",
  swaggerUri: "",
  port: 37579,
  pid: 1,
  startedAt: "",
  applying: false,
  traffic: {},
  mirrorTraffic: {},
  tags: {},
  deployments: [
    deployment("a".repeat(32), {}),
    deployment("canary", {
      traffic: 0,
      mirrorTraffic: 50,
      mirrored: { ...metricsOf([200, 500]), skipped: 0, comparison: NOT_COMPARED },
    }),
  ],
  bringUps: {},
  accessLogPath: "",
};

it("shows the limits of a scaled deployment, and its last change", () => {
  const lastChange = { at: "2026-01-01T00:00:00.000Z", from: 2, to: 1, hasFailed: false } as const;
  const autoscale = {
    minimum: 1,
    maximum: 3,
    lastChange: { ...lastChange, reason: "scale-in" as const },
  };
  const lines = statusText({ ...STATUS, deployments: [deployment("blue", { autoscale })] });
  expect(lines.split("\n")).toContain(
    "blue: 1 of 1 to 3 instances, by autoscale; last change 2 → 1 (scale-in) at 2026-01-01T00:00:00.000Z",
  );
});

describe("the status", () => {
  const lines = statusText(STATUS).split("\n");

  it("fits 80 columns with the longest names", () => {
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("shows the mirror and failed requests", () => {
    expect(lines.find((line) => line.startsWith("aaa"))).toMatch(/100 % +0 % +3 +2 /);
    expect(lines.find((line) => line.startsWith("canary "))).toMatch(/0 % +50 % +2 +1 /);
    expect(lines).toContain("canary 0: ready, process 4000000, 1 restart");
  });
});

describe("the log of a deployment that was never started", () => {
  it("is said to be none, with what starts it", () => {
    expect(() => tailOfLogs(STATUS, "compact", ["compact"])).toThrow(
      "The deployment compact is declared and does not run on this machine",
    );
    expect(() => tailOfLogs(STATUS, "purple", ["compact"])).toThrow("no deployment");
  });
});

describe("the log of a deployment that does not run", () => {
  let state: string;
  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), "logs-"));
    mkdirSync(join(state, "logs"));
  });
  afterEach(() => {
    rmSync(state, { recursive: true });
  });
  const write = (name: string, at: number) => {
    const path = join(state, "logs", name);
    writeFileSync(path, `of ${name}\n`);
    utimesSync(path, at, at);
    return path;
  };

  it.each(["compact-0123abcd-0.log", "compact-environment.log"])(
    "is the one written to last, %s, and never another deployment's",
    (newest) => {
      write("compact-0123abcd-0.log", 1);
      write("compact-environment.log", 1);
      write("compact-2-0123abcd-0.log", 9);
      write("compact-2-environment.log", 9);
      write("compact-0123abcd-0.log.1", 9);
      const path = write(newest, 2);
      expect(tailOfFormerLog(state, "compact")).toBe(
        `==> compact, which does not run: ${path}\nof ${newest}`,
      );
    },
  );

  it("is none where none was written", () => {
    expect(tailOfFormerLog(state, "compact")).toBeUndefined();
    expect(tailOfFormerLog(join(state, "missing"), "compact")).toBeUndefined();
  });
});
