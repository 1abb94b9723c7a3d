import { describe, expect, it } from "@jest/globals";
import { autoscaleOf, coresOf } from "../../local/autoscale";
import { sandboxRun } from "../stacks";

describe("the scaling that the local endpoint plays", () => {
  it("is that of the declared setting of the deployment", async () => {
    const run = await sandboxRun({
      autoscale: { blue: { minInstances: 1, maxInstances: 4, latency: { scaleOutAbove: 250 } } },
    });
    const resources = [...run.created.values()];
    const of = (name: string) =>
      autoscaleOf(
        resources.find(({ id }) => id.endsWith(`/deployments/${name}`))!,
        resources,
      );
    expect(of("green")).toBeUndefined();
    expect(of("blue")).toMatchObject({
      minimum: 1,
      maximum: 4,
      default: 2,
      rules: [
        {
          metric: "RequestLatency_P95",
          operator: "GreaterThan",
          threshold: 250,
          windowMs: 300_000,
          direction: "Increase",
          instances: 1,
          cooldownMs: 1_200_000,
        },
      ],
    });
  });

  it.each([
    ["Standard_DS3_v2", 4],
    ["Standard_D2_v2", 2],
    ["Standard_DS15_v2", 20],
    ["Standard_F8s_v2", 8],
    ["Standard_D4as_v5", 4],
    ["Standard_NC24ads_A100_v4", 24],
    ["Standard_E2s_v3", 2],
    ["another", 64],
  ])("has the cores of %s: %i", (size, cores) => {
    expect(coresOf(size, 64)).toBe(cores);
    expect(coresOf(size, 1)).toBe(1);
  });
});
