/** Instances that die, hang or leave children, under load. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

import { until, type Answer } from "./support/router";
import {
  closeAndExpectNothingLeft,
  deployment,
  endpoint,
  groupMembers,
  isAlive,
  probe,
  processes,
  startEndpoint,
  type TestEndpoint,
} from "./support/endpoint";
import { steadyLoad } from "./support/load";

let running: TestEndpoint;
beforeEach(async () => {
  running = await startEndpoint();
});
afterEach(closeAndExpectNothingLeft);

describe("an instance that is killed", () => {
  it("under load costs no more than the request it held, and is back", async () => {
    await running.apply(endpoint([deployment("blue", { instanceCount: 2 })], { blue: 100 }));
    const [victim] = running.status("blue").instances;
    const calls = steadyLoad(() => running.call({ sleep: 0.01 }), 3);
    await until(() => calls.answered() >= 25);
    process.kill(-victim!.pid!, "SIGKILL");
    const restarted = () =>
      running.status("blue").instances[0]!.restarts === 1 &&
      running.status("blue").state === "ready";
    await until(restarted, () => running.status("blue"));
    const seen = calls.answered();
    await until(() => calls.answered() >= seen + 25);
    const statuses = await calls.stop();
    const failed = statuses.filter((status) => status !== 200);
    // max_concurrent_requests_per_instance is 1, so it held one request at most.
    expect(failed.length).toBeLessThanOrEqual(1);
    const [back] = running.status("blue").instances;
    expect(back).toMatchObject({ state: "ready", restarts: 1 });
    expect(back!.pid).not.toBe(victim!.pid);
  });

  it("is the only one: callers are told that the model is not ready, until it is", async () => {
    const ready = join(running.folder, "ready");
    writeFileSync(ready, "");
    const waits = {
      scoringScript: "waits_for_file.py",
      environmentVariables: { READY_FILE: ready },
    };
    await running.apply(endpoint([deployment("blue", waits)], { blue: 100 }));
    rmSync(ready);
    process.kill(-running.status("blue").instances[0]!.pid!, "SIGKILL");
    // The first answers may still meet the process that ends; the next one cannot be ready before the file is there.
    let answer: Answer | undefined;
    await until(async () => {
      answer = await running.call();
      return answer.headers["ms-azureml-model-error-reason"] === "model_not_ready";
    });
    expect(answer?.status).toBe(424);
    writeFileSync(ready, "");
    await until(async () => (await running.call()).status === 200);
  });
});

describe("an instance that is stopped (SIGSTOP)", () => {
  it("fails its liveness probe, is ended and started again", async () => {
    // Long enough for a healthy instance on a busy machine.
    const shortTimeouts = probe({ periodSeconds: 0.5, timeoutSeconds: 3, failureThreshold: 2 });
    const blue = deployment("blue", { livenessProbe: shortTimeouts, requestTimeoutMs: 500 });
    await running.apply(endpoint([blue], { blue: 100 }));
    const { pid } = running.status("blue").instances[0]!;
    process.kill(-pid!, "SIGSTOP");
    expect((await running.call()).status).toBe(408);
    await until(() => !isAlive(pid!));
    await until(async () => (await running.call()).status === 200);
    const [back] = running.status("blue").instances;
    expect(back!.restarts).toBeGreaterThanOrEqual(1);
    expect(back!.pid).not.toBe(pid);
  });
});

describe("what a scoring script starts", () => {
  it("ends with its instance, when it is killed and when it is stopped", async () => {
    const blue = deployment("blue", { scoringScript: "starts_children.py" });
    await running.apply(endpoint([blue], { blue: 100 }));
    const sleepers = (pid: number) =>
      groupMembers(pid).filter((member) =>
        processes().some((line) => line.includes(` ${member} ${pid} sleep 3599`)),
      );
    const first = running.status("blue").instances[0]!.pid!;
    const [child] = sleepers(first);
    expect(child).toBeDefined();
    process.kill(first, "SIGKILL");
    await until(
      () => !sleepers(first).includes(child!) && running.status("blue").state === "ready",
    );
    expect(groupMembers(first)).toEqual([]);
    const second = running.status("blue").instances[0]!.pid!;
    const [next] = sleepers(second);
    expect(next).toBeDefined();
    await running.apply(endpoint([], {}));
    expect(groupMembers(second)).toEqual([]);
  });
});
