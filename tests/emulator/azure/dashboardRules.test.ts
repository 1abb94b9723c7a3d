import { describe, expect, it } from "@jest/globals";
import { AzureStore } from "../../../emulator/azure/azureStore";

// Proves the emulator's rules for dashboards; what Azure says to the same is in docs/azure-assumptions.md.

type Inputs = Readonly<Record<string, unknown>>;
const WORKBOOK = "azure-native:applicationinsights:Workbook";
const DASHBOARD = "azure-native:dashboard:Dashboard";
const DEFINITION = "azure-native:dashboard:DashboardDefinition";
const PLACE = { resourceGroupName: "rg", location: "westeurope" };

const BODIES: Readonly<Record<string, Inputs>> = {
  [WORKBOOK]: {
    ...PLACE,
    resourceName: "0b7b6d6e-1d4f-5a56-9a8b-0c1d2e3f4a5b",
    kind: "shared",
    category: "workbook",
    displayName: "Endpoint flood",
    sourceId: "azure monitor",
    serializedData: '{"version":"Notebook/1.0","items":[]}',
  },
  [DASHBOARD]: { ...PLACE, dashboardName: "flood-scoring-0d1782" },
  [DEFINITION]: {
    resourceGroupName: "rg",
    dashboardName: "flood-scoring-0d1782",
    definitionName: "default",
    properties: { serializedData: "{}" },
  },
};

function store(): AzureStore {
  const filled = new AzureStore(
    { subscriptionId: "sub", tenantId: "tenant", resourceGroups: ["rg", "other"] },
    [],
  );
  filled.create(DASHBOARD, BODIES[DASHBOARD]!);
  return filled;
}

describe("the emulator's dashboards", () => {
  it.each([WORKBOOK, DEFINITION])("take a %s that is right", (type) => {
    expect(store().create(type, BODIES[type]!).id).toContain("/providers/Microsoft.");
  });

  it.each<[string, string, Inputs, RegExp]>([
    ["a name that is no GUID", WORKBOOK, { resourceName: "endpoint" }, /a GUID in lower case/],
    [
      "a name in capital letters",
      WORKBOOK,
      { resourceName: "0B7B6D6E-1D4F-5A56-9A8B-0C1D2E3F4A5B" },
      /a GUID in lower case/,
    ],
    ["the kind user", WORKBOOK, { kind: "user" }, /kind of .* is "user"; must be shared/],
    ["no title", WORKBOOK, { displayName: "" }, /needs a displayName and a category/],
    ["no category", WORKBOOK, { category: "" }, /needs a displayName and a category/],
    ["text that is no JSON", WORKBOOK, { serializedData: "{" }, /no JSON object/],
    ["JSON that is no object", WORKBOOK, { serializedData: "[]" }, /no JSON object/],
    ["a source in capital letters", WORKBOOK, { sourceId: "Azure Monitor" }, /in lower case/],
    ["a name of 31 characters", DASHBOARD, { dashboardName: "a".repeat(31) }, /2–30 letters/],
    ["a name with a digit first", DASHBOARD, { dashboardName: "1a" }, /2–30 letters/],
    ["a name with a dash last", DASHBOARD, { dashboardName: "a-" }, /2–30 letters/],
    ["another definition", DEFINITION, { definitionName: "other" }, /shows default alone/],
    [
      "a definition that is no JSON",
      DEFINITION,
      { properties: { serializedData: "no" } },
      /no JSON object/,
    ],
    ["a definition of no dashboard", DEFINITION, { dashboardName: "missing" }, /missing/],
  ])("refuse %s", (_, type, changes, message) => {
    expect(() => store().create(type, { ...BODIES[type], ...changes })).toThrow(message);
  });

  it("refuse a second workbook with the title, but in another group or source", () => {
    const another = { resourceName: "1b7b6d6e-1d4f-5a56-9a8b-0c1d2e3f4a5b" };
    const filled = store();
    filled.create(WORKBOOK, BODIES[WORKBOOK]!);
    expect(() => filled.create(WORKBOOK, { ...BODIES[WORKBOOK], ...another })).toThrow(
      /which another workbook of its group and source has/,
    );
    for (const place of [{ resourceGroupName: "other" }, { sourceId: "/subscriptions/sub" }]) {
      expect(() =>
        filled.create(WORKBOOK, {
          ...BODIES[WORKBOOK],
          resourceName: `${place.sourceId === undefined ? 2 : 3}b7b6d6e-1d4f-5a56-9a8b-0c1d2e3f4a5b`,
          ...place,
        }),
      ).not.toThrow();
    }
  });
});
