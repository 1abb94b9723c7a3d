import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { declaredSplit } from "../../../config/azureml/trafficKeys";

const both = ["blue", "green"];

describe("the split of the traffic", () => {
  it("names every deployment, zeros too", () => {
    expect(declaredSplit([...both, "red"], { traffic: { blue: 90, green: 10 } })).toEqual({
      split: { traffic: { blue: 90, green: 10, red: 0 }, mirrorTraffic: {} },
      problems: [],
    });
  });

  it("may be nothing at all", () => {
    expect(declaredSplit(both, { traffic: { blue: 0 } })).toEqual({
      split: { traffic: { blue: 0, green: 0 }, mirrorTraffic: {} },
      problems: [],
    });
  });

  it("is zero with a warning, not guessed, when the YAML has no traffic", () => {
    expect(declaredSplit(both, {})).toEqual({
      split: { traffic: { blue: 0, green: 0 }, mirrorTraffic: {} },
      problems: [
        {
          key: "traffic",
          severity: "warning",
          message:
            "is missing, so no deployment gets requests and callers get 404 (unless they name a deployment); to route them, add: traffic: {blue: 100, green: 0}",
        },
      ],
    });
  });

  it.each([
    [{ blue: 90 }, "sums to 90 (blue 90); must sum to 100, or to 0 for no traffic at all"],
    [
      { blue: 90, green: 20 },
      "sums to 110 (blue 90 + green 20); must sum to 100, or to 0 for no traffic at all",
    ],
  ])("%j is refused", (traffic, message) => {
    expect(declaredSplit(both, { traffic }).problems).toEqual([
      { key: "traffic", severity: "error", message },
    ]);
  });

  it("may name declared deployments only, and the nearest is offered", () => {
    expect(declaredSplit(both, { traffic: { bleu: 0, green: 100, violet: 0 } }).problems).toEqual([
      {
        key: "traffic",
        deployment: "bleu",
        severity: "error",
        message: 'is not a deployment in this folder (there: blue, green); did you mean "blue"?',
      },
      {
        key: "traffic",
        deployment: "violet",
        severity: "error",
        message:
          "is not a deployment in this folder (there: blue, green); remove the line, or restore its file",
      },
    ]);
  });

  it("is not sent to a deployment that has its own entry, when the file of another is gone", () => {
    const traffic = { blue: 90, blue2: 10 };
    expect(declaredSplit(["blue"], { traffic }).problems).toMatchObject([
      { deployment: "blue2", message: expect.not.stringContaining("did you mean") as unknown },
    ]);
  });

  it("is accepted exactly when it sums to 0 or 100", () => {
    const percents = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 6 });
    const whole = percents.map((parts) => {
      // Cut 100 at the given places: always a full split.
      const cuts = [0, ...parts, 100].sort((a, b) => a - b);
      return cuts.slice(1).map((cut, index) => cut - (cuts[index] ?? 0));
    });
    fc.assert(
      fc.property(fc.oneof(percents, whole), (parts) => {
        const traffic = Object.fromEntries(parts.map((percent, index) => [`d${index}`, percent]));
        const names = Object.keys(traffic);
        const declared = declaredSplit([...names, "unused"], { traffic });
        const sum = parts.reduce((total, percent) => total + percent, 0);
        expect(declared.problems.length === 0).toBe(sum === 0 || sum === 100);
        expect(declared.split.traffic).toEqual({ ...traffic, unused: 0 });
      }),
    );
  });
});

describe("mirrored traffic", () => {
  it("goes to one deployment without live traffic", () => {
    const declared = declaredSplit(both, { traffic: { blue: 100 }, mirrorTraffic: { green: 10 } });
    expect(declared).toEqual({
      split: { traffic: { blue: 100, green: 0 }, mirrorTraffic: { green: 10 } },
      problems: [],
    });
  });

  it("of 0 % is none", () => {
    const declared = declaredSplit(both, { traffic: { blue: 100 }, mirrorTraffic: { blue: 0 } });
    expect(declared.split.mirrorTraffic).toEqual({});
    expect(declared.problems).toEqual([]);
  });

  it("never goes to a deployment with live traffic", () => {
    const declared = declaredSplit(both, { traffic: { blue: 100 }, mirrorTraffic: { blue: 10 } });
    expect(declared.problems).toEqual([
      {
        key: "mirror_traffic",
        deployment: "blue",
        severity: "error",
        message:
          "has 100 % of the live traffic too; a deployment gets live or mirrored requests, not both",
      },
    ]);
  });

  it("goes to one deployment only", () => {
    const declared = declaredSplit([...both, "red"], {
      traffic: { blue: 100 },
      mirrorTraffic: { green: 10, red: 10 },
    });
    expect(declared.problems).toEqual([
      {
        key: "mirror_traffic",
        severity: "error",
        message: "names 2 deployments (green, red); Azure mirrors to one only",
      },
    ]);
  });

  it("has nothing to copy when nobody has live traffic", () => {
    const declared = declaredSplit(both, { traffic: { blue: 0 }, mirrorTraffic: { green: 10 } });
    expect(declared.problems).toEqual([
      {
        key: "mirror_traffic",
        severity: "warning",
        message: "mirrors live requests, but no deployment has live traffic",
      },
    ]);
  });
});
