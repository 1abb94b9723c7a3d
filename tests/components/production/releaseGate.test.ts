import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { passGate } from "../../../components/releaseGate";
import type { ReleaseSettings } from "../../../config/production/types";
import { ConfigError } from "../../../config/problems";

const ID = "a".repeat(64);
const OTHER = "b".repeat(64);
const NOW = new Date("2026-11-23T12:00:00Z");
const SETTINGS: ReleaseSettings = {
  id: ID,
  sandboxStack: "organization/mlscore/sandbox",
  soakDays: 14,
};
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000).toISOString();
const running = (...releases: [string, number][]) => ({
  releases: Object.fromEntries(
    releases.map(([id, days], index) => [`deployment-${index}`, { id, createdAt: daysAgo(days) }]),
  ),
});

function refusal(settings: ReleaseSettings, outputs: Record<string, unknown>): string {
  try {
    passGate(settings, outputs, NOW, "production");
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error("the gate let it pass");
}

describe("the release gate", () => {
  it("lets a release pass that has soaked exactly as long as it must", () => {
    expect(passGate(SETTINGS, running([ID, 14]), NOW, "production")).toEqual({
      releaseId: ID,
      inSandboxSince: daysAgo(14),
    });
  });

  it("says how many days are missing, rounded up", () => {
    expect(refusal(SETTINGS, running([ID, 3.26]))).toBe(
      `error: Pulumi.production.yaml: mlscore:release: release aaaaaaaaaaaa has been in organization/mlscore/sandbox ` +
        `since ${daysAgo(3.26)}: 10.8 days of 14 are missing; wait, or say in exceptionReason why it may run without ` +
        `(it will show in the plan)`,
    );
  });

  it("refuses a release that the sandbox does not run, and names those it runs", () => {
    expect(refusal(SETTINGS, running([OTHER, 90]))).toContain(
      "release aaaaaaaaaaaa is not in organization/mlscore/sandbox, which runs bbbbbbbbbbbb; run it there first",
    );
  });

  it.each([
    ["no outputs", {}],
    ["releases of another shape", { releases: { blue: { id: ID } } }],
    ["a date that is none", { releases: { blue: { id: ID, createdAt: "yesterday" } } }],
  ])("refuses when the sandbox tells %s", (_what, outputs) => {
    expect(refusal(SETTINGS, outputs)).toContain("which runs no release");
  });

  it("takes the older of two deployments with the same release", () => {
    expect(
      passGate(SETTINGS, running([ID, 1], [OTHER, 50], [ID, 20]), NOW, "production").inSandboxSince,
    ).toBe(daysAgo(20));
  });

  it("lets an exception pass and shows its reason, soaked or not there at all", () => {
    const settings = { ...SETTINGS, exceptionReason: "hot fix for gauge 4" };
    expect(passGate(settings, running([ID, 2]), NOW, "production")).toEqual({
      releaseId: ID,
      inSandboxSince: daysAgo(2),
      exceptionReason: "hot fix for gauge 4",
    });
    expect(passGate(settings, {}, NOW, "production")).toEqual({
      releaseId: ID,
      exceptionReason: "hot fix for gauge 4",
    });
  });

  it("leaves the reason out when the release needs none", () => {
    const settings = { ...SETTINGS, exceptionReason: "left over from last week" };
    expect(passGate(settings, running([ID, 20]), NOW, "production")).not.toHaveProperty(
      "exceptionReason",
    );
  });

  it("says that it was not checked where the sandbox cannot be read", () => {
    expect(passGate(SETTINGS, undefined, NOW, "production")).toEqual({
      releaseId: ID,
      unchecked: true,
    });
  });

  it("passes exactly when the age reaches the soak time, whatever both are", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 365 }),
        fc.integer({ min: 0, max: 400 }),
        (soak, age) => {
          const settings = { ...SETTINGS, soakDays: soak };
          const outputs = running([ID, age]);
          if (age >= soak) expect(passGate(settings, outputs, NOW, "p").releaseId).toBe(ID);
          else
            expect(refusal(settings, outputs)).toContain(
              `${soak - age}.0 days of ${soak} are missing`,
            );
        },
      ),
    );
  });
});
