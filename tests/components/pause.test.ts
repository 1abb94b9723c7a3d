import { beforeAll, describe, expect, it } from "@jest/globals";
import { daysLeft, expiryDay, pauseOf } from "../../config/pause";
import type { EmulatorRun } from "../../emulator/onEmulator";
import { estimate } from "../../cost/estimate";
import { graphOf } from "../../graph/graph";
import { policyResources } from "../../policy/resources";
import { PRICES } from "../cost/prices";
import { inputsOf, namesOf, productionRun, sandboxRun } from "../stacks";

/** A paused sandbox as it is declared, and as it is declared again; the local endpoint's part is in tests/sandbox. */

const split = (run: EmulatorRun) => {
  const { traffic, mirrorTraffic } = inputsOf(
    run,
    "pulumi-nodejs:dynamic/mlscore:TrafficSplit",
    "endpoint-traffic",
  );
  return { traffic, mirrorTraffic };
};
const changed = ({ changes }: EmulatorRun) =>
  changes.flatMap(({ op, name }) => (op === "same" ? [] : [`${op} ${name}`])).sort();

describe("a paused sandbox", () => {
  let before: EmulatorRun;
  let paused: EmulatorRun;
  let after: EmulatorRun;
  beforeAll(async () => {
    before = await sandboxRun();
    paused = await sandboxRun({ paused: true }, before.stored);
    after = await sandboxRun({}, paused.stored);
  });

  it("has no deployment, and everything else that it had", () => {
    expect(namesOf(paused, ":OnlineDeployment")).toEqual([]);
    expect(split(paused)).toEqual({ traffic: {}, mirrorTraffic: {} });
    const names = (run: EmulatorRun) =>
      run.resources
        .filter(({ type }) => !type.endsWith(":OnlineDeployment"))
        .map(({ urn }) => urn)
        .sort();
    expect(names(paused)).toEqual(names(before));
    expect(changed(paused)).toEqual([
      "delete endpoint-blue",
      "delete endpoint-green",
      expect.stringMatching(/^(update|replace) endpoint-traffic$/),
      "update monitoring-dashboard",
    ]);
  });

  it("costs only what is there without deployments", () => {
    const found = estimate(policyResources(graphOf(paused)), PRICES);
    expect(found.lines.map(({ name }) => name)).toEqual(["registry"]);
  });

  it("has the same deployments and the same split when it is resumed", () => {
    expect(split(after)).toEqual(split(before));
    for (const name of ["endpoint-blue", "endpoint-green"]) {
      const type = "machinelearningservices:OnlineDeployment";
      expect(inputsOf(after, type, name)).toEqual(inputsOf(before, type, name));
    }
    expect(changed(after)).toHaveLength(4);
  });

  it("has releases without traffic, so that none soaks meanwhile", () => {
    expect(JSON.stringify(paused.outputs["releases"])).not.toContain("trafficSince");
    expect(paused.outputs["traffic"]).toEqual({});
  });

  it("is no part of production", async () => {
    await expect(productionRun({ paused: true })).rejects.toThrow("paused");
    await expect(productionRun({ expires: "2099-12-31" })).rejects.toThrow("expires");
  });
});

it.each([
  ["2000-01-31", 0],
  ["2999-12-31", 2],
])("a sandbox whose last day is %s has %d deployments", async (expires, count) => {
  expect(namesOf(await sandboxRun({ expires }), ":OnlineDeployment")).toHaveLength(count);
});

describe("the last day", () => {
  const at = (time: string) => new Date(time);

  it("is lived to its end, in UTC", () => {
    const settings = { paused: false, expires: "2026-11-30" };
    expect(pauseOf(settings, at("2026-11-30T23:59:59Z"))).toBeUndefined();
    expect(pauseOf(settings, at("2026-12-01T00:00:00Z"))).toEqual({
      reason: "expired",
      day: "2026-11-30",
    });
    expect(pauseOf({ paused: true }, at("2026-11-30T00:00:00Z"))).toEqual({ reason: "paused" });
    expect(pauseOf({ paused: false }, at("2026-11-30T00:00:00Z"))).toBeUndefined();
  });

  it("is counted down in whole days", () => {
    expect(daysLeft("2026-12-07", at("2026-11-30T23:00:00Z"))).toBe(7);
    expect(daysLeft("2026-11-30", at("2026-11-30T12:00:00Z"))).toBe(0);
    expect(daysLeft("2026-11-29", at("2026-11-30T00:00:00Z"))).toBe(-1);
  });

  it.each(["2026-02-30", "2026-13-01", "30.11.2026", "2026-1-1", "soon"])("is not %s", (day) => {
    expect(expiryDay.safeParse(day).success).toBe(false);
  });
  it("may be any day of the calendar", () => {
    expect(expiryDay.parse("2028-02-29")).toBe("2028-02-29");
  });
});
