/**
 * What `up` waits for in each stack of this repository, with typical times (graph/creationTimes.ts). It does not prove how
 * long Azure takes, only that nothing waits without need as long as those are about right.
 */
import { describe, expect, it } from "@jest/globals";

import { creationSeconds } from "../../graph/creationTimes";
import { orderReason } from "../../graph/neededOrders";
import type { DeclaredResource } from "../../graph/program";
import { costlyOrders, scheduleOf, waitsOf } from "../../graph/schedule";
import { readStackSettings } from "../../graph/settings";
import { stacksIn } from "../../policy/stacks";
import { PROJECT_DIRECTORY } from "../../projectDirectory";
import { declaredResource } from "../declaredResource";
import { evaluatedUp } from "../evaluation/client";

const SECONDS: Readonly<Record<string, number>> = { a: 1, b: 10, c: 100 };
const secondsOf = ({ type }: DeclaredResource) => SECONDS[type] ?? 0;

function resource(
  type: string,
  name: string,
  dependencies: readonly DeclaredResource[] = [],
  orderedAfter: readonly DeclaredResource[] = [],
): DeclaredResource {
  const urns = (all: readonly DeclaredResource[]) => all.map(({ urn }) => urn);
  return {
    ...declaredResource(type, name, {}),
    dependencies: urns([...dependencies, ...orderedAfter]),
    orderedAfter: urns(orderedAfter),
  };
}

describe("a schedule", () => {
  const first = resource("b", "first");
  const second = resource("c", "second");
  const third = resource("a", "third", [first], [second]);
  const component = { ...resource("", "component", [third]), custom: false };
  const child = { ...resource("b", "child"), parent: component.urn };
  const all = [first, second, third, component, child];
  const waits = waitsOf(all);

  it("takes as long as its longest way, through parents too", () => {
    expect(scheduleOf(all, waits, secondsOf)).toEqual({
      totalSeconds: 111,
      criticalPath: [second, third, component, child].map(({ urn }) => urn),
    });
  });

  it("names the orders without which it would be shorter, and not what an input is made of", () => {
    expect(costlyOrders(all, waits, secondsOf)).toEqual([
      { wait: { resource: third.urn, for: second.urn, reason: "order" }, seconds: 11 },
    ]);
  });

  it("of nothing takes no time", () => {
    expect(scheduleOf([], [], secondsOf)).toEqual({ totalSeconds: 0, criticalPath: [] });
  });
});

describe("up of the stack", () => {
  it.each(stacksIn(PROJECT_DIRECTORY))("%s waits for nothing without need", async (stack) => {
    const { resources } = await evaluatedUp(stack, readStackSettings(stack));
    const byUrn = new Map(resources.map((one) => [one.urn, one]));
    const waits = waitsOf(resources);
    const without = costlyOrders(resources, waits, creationSeconds).filter(
      ({ wait }) => orderReason(wait, byUrn) === undefined,
    );
    expect(without).toEqual([]);
    const needed = waits.filter(
      (wait) => wait.reason !== "order" || orderReason(wait, byUrn) !== undefined,
    );
    const shortest = scheduleOf(resources, needed, creationSeconds).totalSeconds;
    const { totalSeconds } = scheduleOf(resources, waits, creationSeconds);
    // Several orders that wait for the same time cost it together, and none of them alone.
    expect(totalSeconds).toBeLessThanOrEqual(1.05 * shortest);
  });
});
