/** Changes of a running endpoint's split and tags alone, in real processes. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";

import { UserError } from "../../../errors";
import { connectSupervisor, type SupervisorClient } from "../../../local/endpoint";
import {
  closeAndExpectNothingLeft,
  deployment,
  endpoint,
  labelOf,
  startEndpoint,
  type TestEndpoint,
} from "./support/endpoint";
import { steadyLoad } from "./support/load";
import { until } from "./support/router";

const ROOMY = { maxConcurrentRequestsPerInstance: 2 };
const both = [deployment("blue", ROOMY), deployment("green", ROOMY)];
const declared = endpoint(both, { blue: 100, green: 0 }, { tags: { domain: "hydrology" } });

let running: TestEndpoint;
let client: SupervisorClient;
beforeAll(async () => {
  running = await startEndpoint();
  await running.apply(declared);
  const connected = await connectSupervisor(running.folder);
  if (connected === undefined) throw new Error("no supervisor");
  client = connected;
});
afterAll(closeAndExpectNothingLeft);
beforeEach(() => running.apply(declared));

const shown = async () => {
  const { traffic, mirrorTraffic, tags } = await client.status();
  return { traffic, mirrorTraffic, tags };
};

describe("the rules by which answers are compared", () => {
  const rules = { absoluteTolerance: 0.5, relativeTolerance: 0, ignore: ["model"] };

  it("are kept whatever else changes, until they are taken away", async () => {
    expect(await client.status()).not.toHaveProperty("comparison");
    await client.compare(rules);
    await client.amend({ traffic: { green: 100 }, mirrorTraffic: {}, tags: {} });
    await running.apply(declared);
    expect((await client.status()).comparison).toEqual(rules);
    await client.compare(undefined);
    expect(await client.status()).not.toHaveProperty("comparison");
  });

  it("are refused when they are none, with what is wrong", async () => {
    const wrong = client.compare({ ...rules, absoluteTolerance: -1, relativeTolerance: 2 });
    await expect(wrong).rejects.toThrow(UserError);
    await expect(wrong).rejects.toThrow(
      /answers cannot be compared so: [^]*(?:absolute|relative)Tolerance[^]*(?:absolute|relative)Tolerance/,
    );
    expect(await client.status()).not.toHaveProperty("comparison");
  });
});

describe("an amendment", () => {
  it("replaces split and tags, in this process and from another one", async () => {
    const first = { traffic: { green: 100 }, mirrorTraffic: { blue: 20 }, tags: { a: "1" } };
    await running.supervisor.amend(first);
    expect(await shown()).toEqual(first);
    const second = { traffic: { blue: 50, green: 50 }, mirrorTraffic: {}, tags: {} };
    await client.amend(second);
    expect(await shown()).toEqual(second);
    expect(running.supervisor.status()).toMatchObject(second);
  });

  it("is undone by the next apply, which declares all of it", async () => {
    await client.amend({ traffic: { green: 100 }, mirrorTraffic: {}, tags: {} });
    await running.apply(declared);
    const { traffic, mirrorTraffic, tags } = declared;
    expect(await shown()).toEqual({ traffic, mirrorTraffic, tags });
  });

  it("switches between two requests: none is lost, and no process starts or ends", async () => {
    const pids = () =>
      running.supervisor
        .status()
        .deployments.flatMap(({ instances }) => instances.map(({ pid }) => pid));
    const before = pids();
    const calls = steadyLoad(() => running.call(), 3);
    for (let percent = 0; percent <= 100; percent += 10) {
      const traffic = { blue: 100 - percent, green: percent };
      await client.amend({ traffic, mirrorTraffic: {}, tags: {} });
      const answer = await running.call();
      expect(answer.status).toBe(200);
      if (percent === 0 || percent === 100) {
        expect(labelOf(answer)).toBe(percent === 0 ? "blue" : "green");
      }
    }
    await until(() => calls.answered() > 10);
    const statuses = await calls.stop();
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(pids()).toEqual(before);
  });

  it("waits for the apply before it, and is checked against what that left", async () => {
    const traffic = { green: 100 };
    const withoutBlue = running.apply(endpoint([deployment("green", ROOMY)], traffic));
    const toBlue = client.amend({ traffic: { blue: 100 }, mirrorTraffic: {}, tags: {} });
    await withoutBlue;
    await expect(toBlue).rejects.toThrow(
      "the endpoint cannot be changed: traffic names the deployment blue; there is green",
    );
    expect((await shown()).traffic).toEqual({ green: 100 });
  });

  it.each([
    ["sums to 90", { traffic: { blue: 90 }, mirrorTraffic: {}, tags: {} }, /traffic sums to 90/],
    [
      "mirrors more than half",
      { traffic: { blue: 100 }, mirrorTraffic: { green: 60 }, tags: {} },
      /mirrorTraffic\.green is 60/,
    ],
    ["leaves the tags out", { traffic: { blue: 100 }, mirrorTraffic: {} }, /tags/],
    [
      "has more than can change",
      { traffic: { blue: 100 }, mirrorTraffic: {}, tags: {}, deployments: [] },
      /deployments/,
    ],
  ])("that %s is refused and changes nothing", async (_what, amendment, message) => {
    const refused = client.amend(amendment as Parameters<SupervisorClient["amend"]>[0]);
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toThrow(message);
    const { traffic, mirrorTraffic, tags } = declared;
    expect(await shown()).toEqual({ traffic, mirrorTraffic, tags });
  });

  it("of an endpoint on which nothing runs is refused", async () => {
    const empty = await startEndpoint();
    await expect(
      empty.supervisor.amend({ traffic: {}, mirrorTraffic: {}, tags: {} }),
    ).rejects.toThrow("nothing is deployed on the endpoint yet");
  });
});
