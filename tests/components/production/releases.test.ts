import { beforeAll, describe, expect, it } from "@jest/globals";
import type { EmulatorRun } from "../../../emulator/onEmulator";
import type { StoredResource } from "../../../graph/graph";
import { plainInputs, revealed } from "../../../graph/plainInputs";
import { evaluatedUp } from "../../evaluation/client";
import { PRODUCTION, productionRun, sandboxSettings } from "../../stacks";

/** Releases on their way from the sandbox's outputs through production's gate, both stacks evaluated whole. */

const SANDBOX = "organization/mlscore/sandbox";
const OWN = "organization/mlscore/production";
const LONG_AGO = "2020-01-01T00:00:00Z";
const REASON = "gauge 4 reports in feet";
const OTHER = "d".repeat(64);
const CANARY = {
  image: `crflood.azurecr.io/gauge@sha256:${"b".repeat(64)}`,
  releaseId: "c".repeat(64),
  weight: 10,
};

const sandboxWith = (...releases: { id: string; since: string; trafficSince: string }[]) => ({
  [SANDBOX]: { releases: Object.fromEntries(releases.map((one, index) => [`d${index}`, one])) },
});

function annotations(run: EmulatorRun, name: string): Record<string, string> {
  const found = run.resources.find((one) => one.custom && one.name === name);
  const { metadata } = plainInputs(found?.inputs ?? {}, revealed);
  return (metadata as { annotations: Record<string, string> }).annotations;
}

describe("the releases that a sandbox tells of", () => {
  type Told = Record<string, { id: string; since: string; trafficSince?: string }>;
  const run = (before?: Record<string, unknown>, prior: readonly StoredResource[] = []) => {
    const stacks = before === undefined ? {} : { [SANDBOX]: before };
    // Not an answer from before: the dates are about now.
    const options = { otherStacks: stacks, prior, fresh: true };
    return evaluatedUp("sandbox", sandboxSettings(), options);
  };
  const releases = async (...args: Parameters<typeof run>) =>
    (await run(...args)).outputs["releases"] as Told;

  it("are there since ARM registered their parts, where the stack's past cannot be read", async () => {
    expect((await releases())["green"]?.since).toBe(LONG_AGO);
  });

  it("are there since the first update that saw them, however old their parts are", async () => {
    const start = Date.now();
    const first = await releases({});
    const since = Date.parse(first["green"]?.since ?? "");
    expect(since).toBeGreaterThanOrEqual(start);
    expect(since).toBeLessThanOrEqual(Date.now());
  });

  it("keep their date from update to update, under another deployment's name too", async () => {
    const { green } = await releases();
    const seen = { id: green?.id, since: "2024-05-01T00:00:00.000Z" };
    expect((await releases({ releases: { renamed: seen } }))["green"]).toMatchObject(seen);
  });

  it("are no older than their newest part", async () => {
    const { green } = await releases();
    const seen = { id: green?.id, since: "2001-01-01T00:00:00Z" };
    expect((await releases({ releases: { green: seen } }))["green"]?.since).toBe(LONG_AGO);
  });

  it("have traffic since the update that gave it, and since when is kept while the endpoint shows it", async () => {
    const start = Date.now();
    const first = await run({});
    const told = first.outputs["releases"] as Told;
    const since = told["green"]?.trafficSince ?? "";
    expect(Date.parse(since)).toBeGreaterThanOrEqual(start);
    const second = await releases(first.outputs, first.stored);
    expect(second["green"]?.trafficSince).toBe(since);
    const third = await run(first.outputs, withTraffic(first.stored, { blue: 100, green: 0 }));
    expect((third.outputs["releases"] as Told)["blue"]?.trafficSince).toBe(since);
    expect((third.outputs["releases"] as Told)["green"]).not.toHaveProperty("trafficSince");
  });
});

/** The same resources with another split, as somebody else's write leaves it at the endpoint. */
function withTraffic(
  stored: readonly StoredResource[],
  traffic: Readonly<Record<string, number>>,
): StoredResource[] {
  return stored.map((one) =>
    one.type.endsWith(":TrafficSplit") ? { ...one, inputs: { ...one.inputs, traffic } } : one,
  );
}

describe("the release gate of production", () => {
  let releaseId: string;
  beforeAll(async () => {
    const { outputs } = await productionRun();
    ({ releaseId } = outputs["release"] as { releaseId: string });
  });
  const soaked = () => ({ id: releaseId, since: LONG_AGO, trafficSince: LONG_AGO });

  it("lets the release pass that has soaked, and remembers it", async () => {
    const { outputs } = await productionRun({}, [], sandboxWith(soaked()));
    expect(outputs["release"]).toEqual({ releaseId, trafficSince: LONG_AGO });
    expect(outputs["soakedReleases"]).toEqual({ [releaseId]: LONG_AGO });
  });

  it("lets it come back after the sandbox has moved on", async () => {
    const stacks = {
      ...sandboxWith({ ...soaked(), id: OTHER }),
      [OWN]: { soakedReleases: { [releaseId]: LONG_AGO } },
    };
    const { outputs } = await productionRun({}, [], stacks);
    expect(outputs["release"]).toEqual({ releaseId, trafficSince: LONG_AGO });
  });

  it("refuses one that has not soaked, and one that was never there", async () => {
    const young = { ...soaked(), trafficSince: new Date().toISOString() };
    await expect(productionRun({}, [], sandboxWith(young))).rejects.toThrow(
      "14.0 days of 14 are missing",
    );
    const other = sandboxWith({ ...soaked(), id: OTHER });
    await expect(productionRun({}, [], other)).rejects.toThrow(
      "is not in organization/mlscore/sandbox, which runs dddddddddddd; run it there first",
    );
  });

  it("asks the same of a canary, which the stable release's exception does not cover", async () => {
    const exceptions = [{ releaseId: releaseId.slice(0, 12), reason: REASON }];
    const release = { ...PRODUCTION.release, exceptions };
    await expect(
      productionRun({ canary: CANARY, release }, [], sandboxWith(soaked())),
    ).rejects.toThrow("release cccccccccccc is not in organization/mlscore/sandbox");
  });

  it("writes an exception's reason on the Deployment that it is about, and on no other", async () => {
    const exceptions = [{ releaseId: "c".repeat(12), reason: REASON }];
    const run = await productionRun(
      { canary: CANARY, release: { ...PRODUCTION.release, exceptions } },
      [],
      sandboxWith(soaked()),
    );
    expect(run.outputs["canaryRelease"]).toEqual({
      releaseId: CANARY.releaseId,
      exceptionReason: REASON,
    });
    expect(annotations(run, "scoring-canary")["mlscore/release-exception"]).toBe(REASON);
    expect(annotations(run, "scoring-stable")).not.toHaveProperty(["mlscore/release-exception"]);
    expect(run.outputs["soakedReleases"]).toEqual({ [releaseId]: LONG_AGO });
  });
});
