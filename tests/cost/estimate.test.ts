import { beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { estimate, regionOf } from "../../cost/estimate";
import type { DeclaredPart } from "../../cost/machines";
import { priceOf, readPrices } from "../../cost/prices";
import { costJson, costText } from "../../cost/report";
import { graphOf } from "../../graph/graph";
import { plainInputs, revealed } from "../../graph/plainInputs";
import { readStackSettings } from "../../graph/settings";
import { evaluatedUp } from "../evaluation/client";
import { PRICES, row, without } from "./prices";

/** What a month costs; the sums of both example stacks are worked out by hand beside each line. */

async function declared(stack: string): Promise<DeclaredPart[]> {
  const run = await evaluatedUp(stack, readStackSettings(stack));
  return graphOf(run).map(({ declared: { type, name, inputs }, created: { id } }) => {
    return { type, name, id, inputs: plainInputs(inputs, revealed) };
  });
}

let sandbox: DeclaredPart[];
let production: DeclaredPart[];
beforeAll(async () => {
  sandbox = await declared("sandbox");
  production = await declared("production");
});

/** 1.6666 × 730 / 24, to the millionth. */
const REGISTRY = 50_692_417;

describe("the sandbox of this project", () => {
  it("costs its four instances and its registry, with or without requests", () => {
    const found = estimate(sandbox, PRICES);
    // compact 1 × 0.14 × 730 = 102.20, multi-model 2 × 0.14 × 730 = 204.40, multi-model-spark 1 × 0.28 × 730 = 204.40.
    const all = 102_200_000 + 204_400_000 + 204_400_000 + REGISTRY;
    expect(found.month).toEqual({ least: all, usual: all, most: all });
    expect(found.isComplete).toBe(true);
    expect(found.dates).toEqual(["2026-11-01"]);
  });

  it("pays for the deployment that gets no request", () => {
    expect(estimate(sandbox, PRICES).withoutTraffic).toEqual({
      deployments: ["multi-model-spark"],
      month: 204_400_000,
    });
  });

  it("needs 18 cores of quota: ⌈1.2⌉ × 2 + ⌈2.4⌉ × 2 + ⌈1.2⌉ × 4", () => {
    expect(estimate(sandbox, PRICES).cores).toMatchObject([
      { family: "DSv2", least: 10, usual: 10, most: 10, quota: 18 },
    ]);
  });
});

describe("the production of this project", () => {
  it("costs its nodes at least, as declared and at most, and what is always there", () => {
    const found = estimate(production, PRICES);
    // Control plane 0.1 × 730, five private endpoints 0.01 × 730, NAT gateway 0.045 × 730, address 0.005 × 730, five zones 0.5.
    const fixed = 73_000_000 + 5 * 7_300_000 + 32_850_000 + 3_650_000 + 5 * 500_000 + REGISTRY;
    // 3 + 3 nodes, and 5 + 12, at 0.252 × 730 = 183.96.
    const node = 183_960_000;
    expect(found.month).toEqual({
      least: 6 * node + fixed,
      usual: 6 * node + fixed,
      most: 17 * node + fixed,
    });
    expect(found.isComplete).toBe(true);
  });

  it("has 23 nodes in the worst hour, when both pools are upgraded at their largest", () => {
    // 5 + 2 and 12 + 4 nodes at 0.252; 0.1 + 0.05 + 0.045 + 0.005; zones 5 × 0.5 / 730, registry 1.6666 / 24.
    const zones = 5 * Math.round(500_000 / 730);
    expect(estimate(production, PRICES).worstHour).toBe(
      23 * 252_000 + 200_000 + zones + Math.round(1_666_600 / 24),
    );
    expect(estimate(production, PRICES).cores).toMatchObject([
      { family: "Ddsv5", least: 24, usual: 24, most: 68, quota: 92 },
    ]);
  });
});

describe("what is not known", () => {
  it("is said, counts nothing, and makes the sum the least that is paid", () => {
    const found = estimate(sandbox, without("Premium Registry Unit"));
    expect(found.isComplete).toBe(false);
    expect(found.month.usual).toBe(511_000_000);
    expect(found.lines.at(-1)).toMatchObject({
      name: "registry",
      month: undefined,
      unknown: "the price file does not have it",
    });
    const text = costText("sandbox", found);
    expect(text).toContain("Usual: at least 511.00 USD a month.");
    expect(text).toContain("Unknown: registry, tier Premium (the price file does not have it)");
    expect(costText("sandbox", estimate(sandbox, PRICES))).toContain("Usual: 561.69 USD a month.");
  });

  it("is also what the file has in another region, for another system, with another unit, or twice", () => {
    const price = (...Items: ReturnType<typeof row>[]) =>
      priceOf(
        { BillingCurrency: "USD", Items },
        { serviceName: "Virtual Machines", armSkuName: "S" },
        "canadacentral",
      );
    const one = row({ armSkuName: "S", retailPrice: 0.1 });
    expect(price(one)).toEqual({ millionths: 100_000, unit: "hour", date: "2026-11-01" });
    expect(price(one, { ...one })).toMatchObject({ millionths: 100_000 });
    for (const other of [
      { armRegionName: "eastus" },
      { armRegionName: "Global" },
      { productName: "Virtual Machines DSv2 Series Windows" },
      { skuName: "S Spot" },
      { meterName: "S Low Priority" },
      { type: "Reservation" },
      { type: "DevTestConsumption" },
      { tierMinimumUnits: 5 },
      { serviceName: "Cloud Services" },
    ]) {
      expect(price({ ...one, ...other })).toEqual({ unknown: "the price file does not have it" });
      expect(price({ ...one, ...other }, one)).toMatchObject({ millionths: 100_000 });
    }
    expect(price({ ...one, unitOfMeasure: "1K" })).toEqual({ unknown: "its unit is 1K" });
    expect(price(one, { ...one, retailPrice: 0.2 })).toEqual({
      unknown: "the price file has several prices for it",
    });
  });

  it("is nothing of the example stacks with the prices of this project", () => {
    const prices = readPrices();
    expect(estimate(sandbox, prices).month.usual).toBe(511_000_000 + REGISTRY);
    expect(estimate(production, prices).month.usual).toBe(
      6 * 183_960_000 + 73_000_000 + 36_500_000 + 32_850_000 + 3_650_000 + 2_500_000 + REGISTRY,
    );
    expect(estimate(production, prices).isComplete).toBe(true);
  });

  it("is what the list counts by 1, unless its meter has a unit", () => {
    const Items = [
      row({ serviceName: "DNS", armRegionName: "", unitOfMeasure: "1", retailPrice: 2 }),
    ];
    const price = (unit: object) =>
      priceOf(
        { BillingCurrency: "USD", Items },
        { serviceName: "DNS", region: "", ...unit },
        "canadacentral",
      );
    expect(price({})).toEqual({ unknown: "its unit is 1" });
    expect(price({ unit: "month" })).toMatchObject({ millionths: 2_000_000, unit: "month" });
    expect(price({ unit: "month", region: "Global" })).toEqual({
      unknown: "the price file does not have it",
    });
  });

  it("is no type that the example stacks declare", () => {
    for (const resources of [sandbox, production]) {
      const { notPriced } = estimate(resources, PRICES);
      expect(notPriced.filter((one) => one.includes("does not know"))).toEqual([]);
      expect(notPriced).toContain("storage: stored data and transactions");
    }
    const unexpected = { type: "azure-native:quantum:Workspace", name: "q", inputs: {} };
    expect(estimate([unexpected], PRICES).notPriced).toEqual([
      "quantum:Workspace, which this list does not know",
    ]);
  });
});

describe("the sums", () => {
  it("are those of the lines, in order, for any stack", () => {
    const count = fc.nat({ max: 1000 });
    const resources = fc.array(
      fc.record({ least: count, more: count, most: count }).map(({ least, more, most }) => ({
        type: "azure-native:containerservice:AgentPool",
        name: "p",
        inputs: {
          agentPoolName: `p${String(least)}`,
          location: "canadacentral",
          vmSize: "S",
          minCount: least,
          count: least + more,
          maxCount: least + more + most,
        },
      })),
    );
    const prices = fc
      .double({ min: 0, max: 200, noNaN: true })
      .map((retailPrice) => [row({ armSkuName: "S", retailPrice })]);
    fc.assert(
      fc.property(resources, prices, (stack, Items) => {
        const { month, lines } = estimate(stack, { BillingCurrency: "USD", Items });
        const sum = (kind: keyof typeof month) =>
          lines.reduce((total, line) => total + (line.month?.[kind] ?? NaN), 0);
        expect(month).toEqual({ least: sum("least"), usual: sum("usual"), most: sum("most") });
        expect(month.least).toBeLessThanOrEqual(month.usual);
        expect(month.usual).toBeLessThanOrEqual(month.most);
        expect(Number.isSafeInteger(month.most)).toBe(true);
      }),
    );
  });

  it("come as JSON in the currency", () => {
    const { month, isComplete, lines } = JSON.parse(
      costJson("sandbox", estimate(sandbox, PRICES)),
    ) as Record<"month" | "isComplete" | "lines", never>;
    expect(month).toEqual({ least: 561.692417, usual: 561.692417, most: 561.692417 });
    expect(isComplete).toBe(true);
    expect(lines).toHaveLength(4);
  });
});

it("the project's own prices can be read, and have the machines of both example stacks", () => {
  const own = readPrices();
  for (const resources of [sandbox, production]) {
    const { lines } = estimate(resources, own);
    const machines = lines.filter(({ meter }) => meter?.serviceName === "Virtual Machines");
    expect(machines.map((line) => line.unknown)).toEqual(machines.map(() => undefined));
  }
  expect(regionOf(production)).toBe("canadacentral");
});
