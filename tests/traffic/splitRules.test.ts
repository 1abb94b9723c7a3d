import { describe, expect, it } from "@jest/globals";
import { trafficProblems } from "../../traffic/splitRules";

describe("checking a wished split", () => {
  const names = ["blue", "green", "red"];

  it.each([
    [{ blue: 90, green: 10 }, {}],
    [{ blue: 0, green: 0 }, {}],
    [{}, {}],
    [{ blue: 100, green: 0 }, { green: 50 }],
  ])("allows %j with mirror %j", (traffic, mirror) => {
    expect(trafficProblems(names, traffic, mirror)).toEqual([]);
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
    [{ blue: 100 }, { green: 51 }, "mirror_traffic.green is 51; at most 50 is allowed"],
    [{ blue: 100 }, { green: 10, red: 10 }, "mirror_traffic names 2 deployments; one is allowed"],
    [
      { blue: 50, green: 50 },
      { green: 10 },
      "green has live and mirrored traffic; a deployment takes one or the other",
    ],
  ])("refuses %j with mirror %j", (traffic, mirror, message) => {
    expect(trafficProblems(names, traffic as Record<string, number>, mirror)).toContain(message);
  });
});
