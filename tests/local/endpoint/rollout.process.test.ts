/** Changes of a running endpoint, in real processes. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

import { UserError } from "../../../errors";
import {
  closeAndExpectNothingLeft,
  deployment,
  endpoint,
  isAlive,
  labelOf,
  probe,
  startEndpoint,
  type TestEndpoint,
} from "./support/endpoint";
import { steadyLoad } from "./support/load";
import { until } from "./support/router";

let running: TestEndpoint;
beforeEach(async () => {
  running = await startEndpoint();
});
afterEach(closeAndExpectNothingLeft);

const pids = (name: string) => running.status(name).instances.map(({ pid }) => pid);

const load = (senders?: number) => steadyLoad(() => running.call(), senders);

/** Room for that load in one instance. */
const ROOMY = { maxConcurrentRequestsPerInstance: 2 };

describe("an apply", () => {
  it("of other traffic restarts nothing and loses no request", async () => {
    const [blue, green] = [deployment("blue", ROOMY), deployment("green", ROOMY)];
    await running.apply(endpoint([blue, green], { blue: 100, green: 0 }));
    const before = [pids("blue"), pids("green")];
    const calls = load();
    for (const percent of [10, 50, 90, 0, 100, 20]) {
      await running.apply(endpoint([blue, green], { blue: 100 - percent, green: percent }));
      const seen = calls.answered();
      await until(() => calls.answered() >= seen + 5);
    }
    const statuses = await calls.stop();
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect([pids("blue"), pids("green")]).toEqual(before);
    expect(running.events.filter(({ phase }) => phase === "traffic")).toHaveLength(7);
  });

  it("of a new revision replaces the old one without losing a request", async () => {
    await running.apply(endpoint([deployment("blue", ROOMY)], { blue: 100 }));
    const [old] = pids("blue");
    const calls = load();
    const next = { revision: "blue-2", environmentVariables: { LABEL: "second" }, ...ROOMY };
    await running.apply(endpoint([deployment("blue", next)], { blue: 100 }));
    const statuses = await calls.stop();
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(await running.labels(2)).toEqual(["second", "second"]);
    expect(isAlive(old!)).toBe(false);
    expect(running.status("blue")).toMatchObject({ revision: "blue-2", state: "ready" });
  });

  it("of another instance count starts or stops only the difference", async () => {
    const blue = (instanceCount: number) =>
      endpoint([deployment("blue", { instanceCount, ...ROOMY })], { blue: 100 });
    await running.apply(blue(1));
    const first = pids("blue");
    await running.apply(blue(2));
    expect(pids("blue")).toHaveLength(2);
    expect(pids("blue")[0]).toBe(first[0]);
    const second = pids("blue")[1]!;
    const calls = load(2);
    await running.apply(blue(1));
    expect((await calls.stop()).filter((status) => status !== 200)).toEqual([]);
    expect(pids("blue")).toEqual(first);
    expect(isAlive(second)).toBe(false);
  });

  it("without a deployment drains it: a request it holds is answered", async () => {
    const [blue, green] = [deployment("blue"), deployment("green")];
    await running.apply(endpoint([blue, green], { blue: 100, green: 0 }));
    const [old] = pids("blue");
    const slow = running.call({ sleep: 1 });
    await until(() => running.status("blue").inFlight === 1);
    await running.apply(endpoint([green], { green: 100 }));
    const answer = await slow;
    expect([answer.status, labelOf(answer)]).toEqual([200, "blue"]);
    expect(isAlive(old!)).toBe(false);
    expect(running.events.at(-1)).toMatchObject({ deployment: "blue", phase: "stopping" });
  });

  it("that fails in init() shows the log's tail, and what ran before serves on with its traffic", async () => {
    await running.apply(endpoint([deployment("blue", ROOMY)], { blue: 100 }));
    const before = pids("blue");
    const calls = load();
    const broken = deployment("green", { scoringScript: "fails_in_init.py" });
    const apply = running.apply(
      endpoint([deployment("blue", ROOMY), broken], { blue: 0, green: 100 }),
    );
    await expect(apply).rejects.toThrow(UserError);
    await expect(apply).rejects.toThrow(/The deployment green did not start.*3 times in a row/s);
    await expect(apply).rejects.toThrow("the model file model.pkl is missing");
    const statuses = await calls.stop();
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(running.supervisor.status().traffic).toEqual({ blue: 100 });
    expect(running.supervisor.status().deployments.map(({ name }) => name)).toEqual(["blue"]);
    expect(pids("blue")).toEqual(before);
    expect(
      running.events.some(({ phase, deployment: name }) => phase === "failed" && name === "green"),
    ).toBe(true);
  });

  it("that does not answer its trial request is undone, and what ran before serves on", async () => {
    await running.apply(endpoint([deployment("blue", ROOMY)], { blue: 100 }));
    const before = pids("blue");
    const others = [deployment("blue", { ...ROOMY, instanceCount: 2 }), deployment("green")];
    const trial = { body: '{"raise": true}', file: "sample-request.json" };
    const apply = running.apply(endpoint(others, { blue: 0, green: 100 }, { trial }));
    await expect(apply).rejects.toThrow(UserError);
    await expect(apply).rejects.toThrow(
      new RegExp(
        "^/\\S+/echo\\.py:25: ValueError: the script was asked to raise \\(in run\\)\n" +
          "  The deployment green answered sample-request\\.json with HTTP 424\\.\n" +
          "  Log: /\\S+/logs/green-\\S+\\.log$",
      ),
    );
    expect(running.supervisor.status().traffic).toEqual({ blue: 100 });
    expect(running.supervisor.status().deployments.map(({ name }) => name)).toEqual(["blue"]);
    expect(pids("blue")).toEqual(before);
    expect(await running.labels(2)).toEqual(["blue", "blue"]);
  });

  it("that never gets ready fails when its probe's time limit is over", async () => {
    const shortProbe = probe({
      initialDelaySeconds: 1,
      periodSeconds: 1,
      timeoutSeconds: 1,
      failureThreshold: 1,
    });
    const hanging = deployment("blue", {
      scoringScript: "hangs_in_init.py",
      startupProbe: shortProbe,
    });
    await expect(running.apply(endpoint([hanging], { blue: 100 }))).rejects.toThrow(
      /hangs_in_init\.py:6: init\(\) has not returned.*The deployment blue did not start: its server was not ready within 2 s/s,
    );
    expect(running.supervisor.status().deployments).toEqual([]);
  });

  it("waits for the one before it", async () => {
    const [blue, green] = [deployment("blue"), deployment("green")];
    const first = running.apply(endpoint([blue], { blue: 100 }));
    const second = running.apply(endpoint([blue, green], { blue: 0, green: 100 }));
    await Promise.all([first, second]);
    const told = running.events
      .filter(({ phase }) => phase === "traffic")
      .map(({ message }) => message);
    expect(told).toEqual(["blue 100 %", "blue 0 %, green 100 %"]);
  });

  it("that cannot be meant is refused with everything that is wrong, and changes nothing", async () => {
    const wrong = deployment("blue", {
      scoringScript: "missing.py",
      modelDirectory: "/no/such/model",
    });
    const apply = running.apply(endpoint([wrong], { blue: 50, green: 10 }));
    await expect(apply).rejects.toThrow(UserError);
    await expect(apply).rejects.toThrow(
      /names the deployment green.*sums to 60.*no scoring script at .*missing\.py.*no model at \/no\/such\/model/,
    );
    expect(running.events).toEqual([]);
  });
});
