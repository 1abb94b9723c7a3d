import { describe, expect, it } from "@jest/globals";
import type { DeploymentStatus, EndpointStatus } from "../../local/endpoint";
import { createMetrics } from "../../local/endpoint/metrics";
import { tailOfLogs } from "../../local/logs";
import { statusText } from "../../local/statusText";

function metricsOf(statuses: readonly number[]) {
  const metrics = createMetrics();
  for (const status of statuses) metrics.record(status, status, 4000);
  return metrics.snapshot();
}

const deployment = (name: string, changes: Partial<DeploymentStatus>): DeploymentStatus => ({
  name,
  revision: "1",
  state: "unavailable",
  traffic: 100,
  mirrorTraffic: 0,
  inFlight: 0,
  metrics: metricsOf([200, 424, 499]),
  mirrored: { ...metricsOf([]), skipped: 0 },
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
      mirrored: { ...metricsOf([200, 500]), skipped: 0 },
    }),
  ],
  bringUps: {},
  accessLogPath: "",
};

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
