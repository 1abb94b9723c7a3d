import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

import { createProbeCounter } from "../../../local/endpoint/probe";
import type { Upstream } from "../../../local/endpoint/routingTarget";
import { watch, type Verdict } from "../../../local/endpoint/watch";
import { probe } from "./support/endpoint";
import { until } from "./support/router";
import { closedSocket, startUpstream, type FakeUpstream } from "./support/upstream";

describe("counting probes", () => {
  it("changes the verdict only after so many in a row", () => {
    const counter = createProbeCounter({ successThreshold: 2, failureThreshold: 3 });
    const results = [true, true, false, false, true, false, false, false, true, true];
    expect(results.map((healthy) => counter.count(healthy))).toEqual([
      ...["undecided", "passed", "passed", "passed", "passed"],
      ...["passed", "passed", "failed", "failed", "passed"],
    ]);
  });
});

describe("watching a server", () => {
  let server: FakeUpstream;
  let status = 200;
  let ended: AbortController;
  const told: string[] = [];
  let upstream: Upstream | undefined;

  beforeEach(async () => {
    status = 200;
    told.length = 0;
    ended = new AbortController();
    server = await startUpstream((_received, res) => res.writeHead(status).end());
  });
  afterEach(async () => {
    ended.abort();
    await server.close();
  });

  // The server answers at once; a probe that a busy machine holds up must not count as failed.
  const quick = { periodSeconds: 0.05, timeoutSeconds: 60, failureThreshold: 2 };
  const slow = { periodSeconds: 3600 };
  function start(socketPath: string, readiness: object, liveness: object): Promise<Verdict> {
    return watch({
      socketPath,
      signal: ended.signal,
      probes: { readinessProbe: probe(readiness), livenessProbe: probe(liveness) },
      onReady: (each) => {
        upstream = each;
        told.push("ready");
      },
      onGone: () => {
        told.push("gone");
      },
    });
  }

  it("says that it is ready, and that it is gone when it ends", async () => {
    const verdict = start(server.socketPath, slow, slow);
    await until(() => told.length === 1);
    ended.abort();
    expect(told).toEqual(["ready", "gone"]);
    await expect(verdict).resolves.toEqual({ kind: "ended" });
    expect(server.received[0]).toMatchObject({ method: "GET", url: "/" });
  });

  it("gives up on one that is not ready in time", async () => {
    const shortTimeouts = { initialDelaySeconds: 0.1, periodSeconds: 0.1, failureThreshold: 1 };
    await expect(start(await closedSocket(), shortTimeouts, slow)).resolves.toEqual({
      kind: "never-ready",
      why: "was not ready within 0.2 s",
    });
    expect(told).toEqual([]);
  });

  it("takes it out while its readiness fails, and in again afterwards", async () => {
    void start(server.socketPath, quick, slow);
    await until(() => told.length === 1);
    status = 503;
    await until(() => told.length === 2);
    status = 200;
    await until(() => told.length === 3);
    expect(told).toEqual(["ready", "gone", "ready"]);
  });

  it("wants it ended when its liveness fails", async () => {
    const verdict = start(server.socketPath, slow, quick);
    await until(() => told.length === 1);
    status = 500;
    await expect(verdict).resolves.toEqual({
      kind: "unhealthy",
      why: "failed its liveness probe 2 times in a row",
    });
    expect(told).toEqual(["ready", "gone"]);
  });

  it("takes it out when somebody cannot connect, until a probe finds it well", async () => {
    void start(server.socketPath, slow, slow);
    await until(() => told.length === 1);
    upstream!.unreachable();
    expect(told).toEqual(["ready", "gone"]);
    await until(() => told.length === 3);
    expect(told).toEqual(["ready", "gone", "ready"]);
  });
});
