import { describe, expect, it } from "@jest/globals";
import { splitProblemText } from "../../traffic/splitProblemText";
import {
  creationProblems,
  deletionProblems,
  readinessProblems,
  splitProblems,
} from "../../traffic/splitRules";
import type { Traffic } from "../../traffic/split";

describe("a split that is written", () => {
  const names = ["blue", "green", "red"];

  it.each([
    [{ blue: 90, green: 10 }, {}],
    [{ blue: 0, green: 0 }, {}],
    [{}, {}],
    [{ blue: 100, green: 0 }, { green: 50 }],
  ])("allows %j with mirror %j", (traffic, mirror) => {
    expect(splitProblems({ traffic, mirrorTraffic: mirror }, names)).toEqual([]);
  });

  it.each([
    [{ blue: 90 }, {}, "traffic sums to 90; 0 or 100 is allowed"],
    [{ pink: 100 }, {}, "traffic names the deployment pink; there is blue, green, red"],
    [
      { blue: 99.5, green: 0.5 },
      {},
      "traffic.blue is 99.5; a whole number from 0 to 100 is allowed",
    ],
    [
      { blue: 150, green: -50 },
      {},
      "traffic.green is -50; a whole number from 0 to 100 is allowed",
    ],
    [{ blue: 100 }, { green: 51 }, "mirrorTraffic.green is 51; at most 50 is allowed"],
    [{ blue: 100 }, { green: 10, red: 10 }, "mirrorTraffic names 2 deployments; one is allowed"],
    [
      { blue: 50, green: 50 },
      { green: 10 },
      "green has live and mirrored traffic; a deployment takes one or the other",
    ],
  ])("refuses %j with mirror %j", (traffic, mirror, message) => {
    const split = { traffic: traffic as Traffic, mirrorTraffic: mirror as Traffic };
    expect(splitProblems(split, names).map(splitProblemText)).toContain(message);
  });
});

describe("the other rules of a split", () => {
  const split = { traffic: { blue: 100, green: 0 }, mirrorTraffic: { green: 5 } };

  it("sends requests only to a deployment that is Succeeded; a zero may be for any", () => {
    const state = (name: string, provisioningState: string) => ({ name, provisioningState });
    expect(readinessProblems(split, [state("blue", "Failed")])).toEqual([
      { kind: "notReady", deployment: "blue", provisioningState: "Failed" },
      { kind: "notReady", deployment: "green", provisioningState: undefined },
    ]);
    const ready = [state("blue", "Succeeded"), state("red", "Failed")];
    const onlyBlue = { traffic: { blue: 100, red: 0 }, mirrorTraffic: {} };
    expect(readinessProblems(onlyBlue, ready)).toEqual([]);
  });

  it("does not let an endpoint be created with one", () => {
    expect(creationProblems({ traffic: {}, mirrorTraffic: {} })).toEqual([]);
    expect(creationProblems({ traffic: { blue: 0 }, mirrorTraffic: {} })).toEqual([
      { kind: "atCreation" },
    ]);
  });

  it("does not let a deployment be deleted that has live or mirrored traffic", () => {
    expect(deletionProblems(split, "red")).toEqual([]);
    expect(deletionProblems(split, "blue")).toEqual([
      { kind: "deletion", table: "traffic", deployment: "blue", percent: 100 },
    ]);
    expect(deletionProblems(split, "green")).toEqual([
      { kind: "deletion", table: "mirrorTraffic", deployment: "green", percent: 5 },
    ]);
  });
});
