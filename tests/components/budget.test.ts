import { beforeAll, describe, expect, it } from "@jest/globals";
import { budgetSettings } from "../../config/budget";
import { AzureStore } from "../../emulator/azure/azureStore";
import type { EmulatorRun } from "../../emulator/onEmulator";
import { graphOf } from "../../graph/graph";
import { policyResources } from "../../policy/resources";
import { policyJudge } from "../../review/compare";
import { difference } from "../../review/difference";
import { typeProblems } from "../azureTypes";
import { inputsOf, namesOf, productionRun, sandboxRun, SUBSCRIPTION } from "../stacks";

/** The budget of a stack's group, and what the emulator takes for one; that Azure sends mail is not proved. */

const TYPE = "azure-native:consumption:Budget";
const BUDGET = { amount: 800, contactEmails: ["ml@example.org"] };
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`;

describe.each([
  ["sandbox", sandboxRun],
  ["production", productionRun],
] as const)("a budget of %s", (stack, runOf) => {
  let run: EmulatorRun;
  beforeAll(async () => {
    run = await runOf({ budget: { ...BUDGET, contactRoles: ["Owner"], actualPercent: [50] } });
  });

  it("watches the group's cost, month by month, and writes to people when a share is spent or forecast", () => {
    const { timePeriod, ...inputs } = inputsOf(run, TYPE, "budget-rg");
    const mail = {
      enabled: true,
      operator: "GreaterThanOrEqualTo",
      contactEmails: ["ml@example.org"],
      contactRoles: ["Owner"],
    };
    expect(inputs).toEqual({
      budgetName: "monthly-cost",
      scope: GROUP,
      category: "Cost",
      timeGrain: "Monthly",
      amount: 800,
      notifications: {
        "actual-50-percent": { ...mail, threshold: 50, thresholdType: "Actual" },
        "forecasted-100-percent": { ...mail, threshold: 100, thresholdType: "Forecasted" },
      },
    });
    expect(timePeriod).toEqual({ startDate: expect.stringMatching(/^20\d\d-\d\d-01T00:00:00Z$/) });
    expect(typeProblems(TYPE, inputsOf(run, TYPE, "budget-rg"))).toEqual([]);
  });

  it("breaks no policy rule", () => {
    const graph = {
      resources: policyResources(graphOf(run)),
      outputs: {},
      principals: {},
      warnings: [],
    };
    const found = policyJudge(new Date())(graph, { "mlscore:target": stack }, []);
    expect(found.filter((one) => JSON.stringify(one).includes("budget-rg"))).toEqual([]);
  });

  it("begins once: the month of a later update is no change, and another amount is one", () => {
    const now = policyResources(graphOf(run));
    const changed = (inputs: object) =>
      difference(
        now.map((one) =>
          one.type === TYPE ? { ...one, inputs: { ...one.inputs, ...inputs } } : one,
        ),
        now,
      ).flatMap(({ op, properties }) =>
        op === "same" ? [] : [[op, ...properties.map((p) => p.path)]],
      );
    expect(changed({ timePeriod: { startDate: "2025-03-01T00:00:00Z" } })).toEqual([]);
    expect(changed({ amount: 700 })).toEqual([["update", "amount"]]);
  });
});

it("a stack without the setting has no budget", async () => {
  expect(namesOf(await sandboxRun(), ":Budget")).toEqual([]);
});

it("another group has another budget, which begins when it is made", async () => {
  const run = await sandboxRun({ budget: BUDGET, resourceGroup: { name: "rg-2", create: true } });
  expect(namesOf(run, ":Budget")).toEqual(["budget-rg-2"]);
});

describe("the setting", () => {
  const said = (input: unknown) =>
    budgetSettings
      .safeParse(input)
      .error?.issues.map(({ path, message }) => [path.join("."), message]);

  it("has percentages by itself", () => {
    expect(budgetSettings.parse(BUDGET)).toEqual({
      ...BUDGET,
      contactRoles: [],
      actualPercent: [80, 100],
      forecastPercent: [100],
    });
  });

  it.each<[object, string, RegExp]>([
    [{ amount: 0 }, "amount", /must be a whole number from 1 to/],
    [{ contactEmails: [] }, "contactEmails", /names nobody/],
    [{ contactEmails: ["ml"] }, "contactEmails.0", /must be an e-mail address/],
    [{ actualPercent: [0] }, "actualPercent.0", /from 1 to 1000/],
    [{ actualPercent: [1001] }, "actualPercent.0", /from 1 to 1000/],
    [{ actualPercent: [80, 80] }, "actualPercent", /twice/],
    [{ actualPercent: [1, 2, 3, 4, 5] }, "", /1 to 5 percentages in all/],
    [{ actualPercent: [], forecastPercent: [] }, "", /1 to 5 percentages in all/],
    [{ currency: "CAD" }, "", /currency/],
  ])("refuses %j", (changes, path, message) => {
    expect(said({ ...BUDGET, ...changes })).toEqual([[path, expect.stringMatching(message)]]);
  });
});

describe("the emulator", () => {
  const create = (changes: object) => {
    const place = { subscriptionId: SUBSCRIPTION, tenantId: "t", resourceGroups: ["rg"] };
    const notification = { threshold: 80, contactEmails: ["ml@example.org"] };
    return new AzureStore(place).create(TYPE, {
      scope: GROUP,
      budgetName: "b",
      amount: 1,
      timePeriod: { startDate: "2026-11-01T00:00:00Z" },
      notifications: { a: notification },
      ...changes,
    });
  };
  const many = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `n${String(i)}`,
        { threshold: 1, contactEmails: ["a@b.c"] },
      ]),
    );

  it("takes a budget of a group", () => {
    expect(create({}).id).toBe(`${GROUP}/providers/Microsoft.Consumption/budgets/b`);
    expect(create({ notifications: many(5) }).id).toContain("/budgets/b");
  });

  it.each<[object, RegExp]>([
    [{ timePeriod: { startDate: "2026-11-02T00:00:00Z" } }, /startDate .* the first of a month/],
    [{ timePeriod: { startDate: "2017-05-01T00:00:00Z" } }, /from June 2017 on/],
    [{ timePeriod: {} }, /startDate .* is missing/],
    [{ timePeriod: { startDate: "2026-11-01", endDate: "2026-10-01" } }, /ends before it starts/],
    [{ amount: 0 }, /amount of .* is not above 0/],
    [{ notifications: many(6) }, /has 6 notifications/],
    [
      { notifications: { a: { threshold: 1001, contactEmails: ["a@b.c"] } } },
      /is 1001; it is 0 to 1000/,
    ],
    [
      { notifications: { a: { threshold: 1, contactEmails: [], contactRoles: ["Owner"] } } },
      /a role alone/,
    ],
  ])("refuses %j", (changes, message) => {
    expect(() => create(changes)).toThrow(message);
  });
});
