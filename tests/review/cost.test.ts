import { describe, expect, it } from "@jest/globals";
import type { PriceFile } from "../../cost/prices";
import { plainText } from "../../review/document";
import { blockMarkdown } from "../../review/markdown";
import type { Resource, StackReview } from "../../review/model";
import { capacitySection } from "../../review/sections/capacity";
import { PRICES, without } from "../cost/prices";
import { change, resource, told } from "./smallStack";

/** What a change costs, as a reviewer reads it. */

const pool = (changes: Readonly<Record<string, unknown>> = {}): Resource =>
  resource("containerservice:AgentPool", "pool", {
    agentPoolName: "scoring",
    vmSize: "Standard_D4ds_v5",
    count: 3,
    minCount: 3,
    maxCount: 12,
    location: "canadacentral",
    ...changes,
  });
const deployment = (capacity: number, instanceType = "Standard_DS2_v2"): Resource =>
  resource("machinelearningservices:OnlineDeployment", "endpoint-blue", {
    deploymentName: "blue",
    location: "canadacentral",
    sku: { capacity },
    properties: { instanceType },
  });
const endpoint = resource("network:PrivateEndpoint", "pe", { location: "canadacentral" });

const costs = (review: StackReview, prices: PriceFile = PRICES) =>
  told(capacitySection(review, prices));

describe("the cost of a change", () => {
  it("of the number of nodes", () => {
    // 0.252 × 730 = 183.96 a node: 3 → 4, and 12 → 15.
    const more = pool({ count: 4, minCount: 4, maxCount: 15 });
    expect(costs(change([pool()], [more]))).toEqual([
      "note: Cost: node pool pool: nodes at least 3 → 4; node pool pool: nodes at most 12 → 15; " +
        "usually 551.88 USD → 735.84 USD a month (+183.96); " +
        "with all at its maximum 2,207.52 USD → 2,759.40 USD a month (+551.88)",
    ]);
  });

  it("of the size of nodes", () => {
    expect(costs(change([pool()], [pool({ vmSize: "Standard_D8ds_v5" })]))).toEqual([
      "note: Cost: node pool pool: machine Standard_D4ds_v5 → Standard_D8ds_v5; " +
        "usually 551.88 USD → 1,103.76 USD a month (+551.88); " +
        "with all at its maximum 2,207.52 USD → 4,415.04 USD a month (+2,207.52)",
    ]);
  });

  it("of the number of instances, up and down", () => {
    // 0.14 × 730 = 102.20 an instance.
    const review = change([deployment(2)], [deployment(3)]);
    expect(costs(review)).toEqual([
      "note: Cost: online deployment endpoint-blue: instances 2 → 3; usually 204.40 USD → 306.60 USD a month (+102.20)",
    ]);
    expect(capacitySection(review, PRICES).blocks.map(blockMarkdown).at(-1)).toBe(
      [
        "|  | count before | after | usual before | after | most before | after |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "| `blue` (`deployment, Standard_DS2_v2`) | 2 | 3 | 204.40 | 306.60 | 204.40 | 306.60 |",
      ].join("\n"),
    );
    expect(costs(change([deployment(3)], [deployment(1)]))).toEqual([
      "note: Cost: online deployment endpoint-blue: instances 3 → 1; usually 306.60 USD → 102.20 USD a month (−204.40)",
    ]);
  });

  it("of a second deployment beside the first, and of something without a size", () => {
    const [blue] = [deployment(1)];
    const green = { ...deployment(1, "Standard_DS3_v2"), name: "endpoint-green", urn: "green" };
    const second = { ...green, inputs: { ...green.inputs, deploymentName: "green" } };
    expect(costs(change([blue], [blue, second])).join()).toContain(
      "usually 102.20 USD → 306.60 USD a month (+204.40)",
    );
    expect(costs(change([blue], [blue, endpoint]))).toEqual([
      "note: Cost: usually 102.20 USD → 109.50 USD a month (+7.30)",
    ]);
  });

  it("is not told as a number where a price is not known", () => {
    const review = change([deployment(1)], [deployment(1, "Standard_DS3_v2"), endpoint]);
    expect(costs(review, without("Standard_DS3_v2")).join()).toContain(
      "usually 102.20 USD → at least 7.30 USD a month (−94.90, and what has no known price)",
    );
    const unknown = without("Standard Private Endpoint");
    expect(costs(change([deployment(1)], [deployment(1), endpoint]), unknown)).toEqual([
      "note: Cost: what changes has no known price",
    ]);
  });

  it("is nothing where nothing changes, and the whole can be opened", () => {
    const section = capacitySection(change([pool()], [pool()]), PRICES);
    expect([section.headlines, section.blocks]).toEqual([[], []]);
    const [whole] = section.unchanged;
    expect(whole?.kind === "details" && plainText(whole.summary)).toBe(
      "After: usually 551.88 USD a month, at list prices of 2026-11-01",
    );
  });
});
