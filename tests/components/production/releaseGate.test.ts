import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { passGate, soakedReleases, withPassed } from "../../../components/releaseGate";
import type { ReleaseSettings } from "../../../config/production/productionTypes";
import { ConfigError } from "../../../errors";
import { PROJECT_DIRECTORY } from "../../../projectDirectory";

const ID = "a".repeat(64);
const OTHER = "b".repeat(64);
const NOW = new Date("2026-11-23T12:00:00Z");
const SETTINGS: ReleaseSettings = {
  id: ID,
  sandboxStack: "organization/mlscore/sandbox",
  soakDays: 14,
  exceptions: [],
};
const EXCEPTION = { releaseId: ID.slice(0, 12), reason: "hot fix for gauge 4" };
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000).toISOString();
const running = (...releases: [string, number][]) => ({
  releases: Object.fromEntries(
    releases.map(([id, days], index) => [
      `deployment-${index}`,
      { id, since: daysAgo(90), trafficSince: daysAgo(days) },
    ]),
  ),
});
/** Of the setting in the committed file, as an editor counts it. */
const LINE =
  readFileSync(join(PROJECT_DIRECTORY, "Pulumi.production.yaml"), "utf8")
    .split("\n")
    .indexOf("  mlscore:release:") + 1;
type Outputs = Record<string, unknown> | undefined;

const pass = (sandbox: Outputs, settings: Partial<ReleaseSettings> = {}, own: Outputs = {}) =>
  passGate(ID, { ...SETTINGS, ...settings }, { sandbox, own, now: NOW }, "production");

function refusal(...args: Parameters<typeof pass>): string {
  try {
    pass(...args);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error("the gate let it pass");
}

describe("the release gate", () => {
  it("lets a release pass that has soaked exactly as long as it must", () => {
    expect(pass(running([ID, 14]))).toEqual({ releaseId: ID, trafficSince: daysAgo(14) });
  });

  it("says how many days are missing, rounded up, and what an exception would look like", () => {
    expect(refusal(running([ID, 3.26]))).toBe(
      `Pulumi.production.yaml:${LINE}: mlscore:release: release aaaaaaaaaaaa has had traffic in organization/mlscore/sandbox ` +
        `since ${daysAgo(3.26)}: 10.8 days of 14 are missing; wait, or give the reason for running without them ` +
        `in exceptions (shown in the plan): {releaseId: "aaaaaaaaaaaa", reason: …}`,
    );
  });

  it("refuses a release that the sandbox does not run, and names those it runs", () => {
    expect(refusal(running([OTHER, 90]))).toContain(
      "release aaaaaaaaaaaa is not in organization/mlscore/sandbox, which runs bbbbbbbbbbbb; run it there first",
    );
  });

  it("refuses a release that is there long enough and never had traffic", () => {
    expect(refusal({ releases: { blue: { id: ID, since: daysAgo(90) } } })).toBe(
      `Pulumi.production.yaml:${LINE}: mlscore:release: release aaaaaaaaaaaa is in organization/mlscore/sandbox without ` +
        "live or mirrored traffic, so none of 14 days count; give it traffic there (npm run rollout), run `pulumi up` " +
        "there, and wait, or give the reason for running without them in exceptions (shown in the plan): " +
        '{releaseId: "aaaaaaaaaaaa", reason: …}',
    );
  });

  it("counts the traffic of one deployment, and not the age of another without", () => {
    const idle = { id: ID, since: daysAgo(90) };
    const { releases } = running([ID, 3]);
    expect(refusal({ releases: { idle, ...releases } })).toContain("11.0 days of 14 are missing");
  });

  it.each([
    ["no outputs", {}],
    ["releases of another shape", { releases: { blue: { id: ID } } }],
    [
      "a date that is none",
      { releases: { blue: { id: ID, since: "yesterday", trafficSince: daysAgo(20) } } },
    ],
  ])("refuses when the sandbox tells %s", (_what, outputs) => {
    expect(refusal(outputs)).toContain("which runs no release");
  });

  it("passes over a deployment without a date, and sees the one beside it", () => {
    const { releases } = running([ID, 20]);
    expect(pass({ releases: { ...releases, undated: { id: OTHER } } })).toEqual({
      releaseId: ID,
      trafficSince: daysAgo(20),
    });
  });

  it("takes the one of two deployments with the same release that has had traffic longer", () => {
    expect(pass(running([ID, 1], [OTHER, 50], [ID, 20])).trafficSince).toBe(daysAgo(20));
  });

  it("lets an exception pass and shows its reason, soaking or not there at all", () => {
    const settings = { exceptions: [{ ...EXCEPTION, releaseId: "c".repeat(12) }, EXCEPTION] };
    expect(pass(running([ID, 2]), settings)).toEqual({
      releaseId: ID,
      trafficSince: daysAgo(2),
      exceptionReason: EXCEPTION.reason,
    });
    expect(pass({}, settings)).toEqual({ releaseId: ID, exceptionReason: EXCEPTION.reason });
  });

  it("does not let an exception of another release pass", () => {
    const exceptions = [{ ...EXCEPTION, releaseId: OTHER.slice(0, 12) }];
    expect(refusal({}, { exceptions })).toContain("is not in organization/mlscore/sandbox");
  });

  it("leaves the reason out when the release needs none", () => {
    const passed = pass(running([ID, 20]), { exceptions: [EXCEPTION] });
    expect(passed).toEqual({ releaseId: ID, trafficSince: daysAgo(20) });
  });

  it("says that it was not checked where the sandbox cannot be read", () => {
    expect(pass(undefined)).toEqual({ releaseId: ID, unchecked: true });
  });

  it("passes exactly when the age reaches the soak time, whatever both are", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 365 }),
        fc.integer({ min: 0, max: 400 }),
        (soak, age) => {
          const outputs = running([ID, age]);
          if (age >= soak) expect(pass(outputs, { soakDays: soak }).releaseId).toBe(ID);
          else {
            expect(refusal(outputs, { soakDays: soak })).toContain(
              `${soak - age}.0 days of ${soak} are missing`,
            );
          }
        },
      ),
    );
  });
});

describe("a release that has passed", () => {
  const soaked = pass(running([ID, 20]));
  const own = { soakedReleases: withPassed({}, [soaked]) };

  it("may come back when the sandbox has moved on, with its own date", () => {
    expect(own).toEqual({ soakedReleases: { [ID]: daysAgo(20) } });
    expect(pass(running([OTHER, 1]), {}, own)).toEqual(soaked);
  });

  it("is remembered beside those before it", () => {
    const before = { soakedReleases: { [OTHER]: daysAgo(90) } };
    expect(withPassed(before, [soaked])).toEqual({ [OTHER]: daysAgo(90), [ID]: daysAgo(20) });
  });

  it("is not remembered when it was an exception, or was not checked", () => {
    const excepted = pass(running([ID, 1]), { exceptions: [EXCEPTION] });
    expect(withPassed({}, [excepted, pass(undefined)])).toEqual({});
  });

  it.each([undefined, {}, { soakedReleases: "all" }, { soakedReleases: { [ID]: 1 } }])(
    "is none where the outputs are %j",
    (outputs) => {
      expect(soakedReleases(outputs)).toEqual({});
    },
  );
});
