import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { assertApproved, planDifferences, planOf, readPlan } from "../../review/plan";

/**
 * What is compared before an update, out of a preview that the real engine printed. It does not prove that the update does
 * what its preview shows.
 */

const FILE = "sandbox-preview.json";
const TEXT = readFileSync(join(__dirname, "fixtures", FILE), "utf8");

interface State {
  inputs: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  protect?: boolean;
}

interface Preview {
  steps: { op: string; urn: string; oldState?: State; newState?: State }[];
  diagnostics: object[];
}

function edited(edit: (preview: Preview) => void): string {
  const preview = JSON.parse(TEXT) as Preview;
  edit(preview);
  return JSON.stringify(preview);
}

const registry = ({ steps }: Preview) => steps.find(({ urn }) => urn.endsWith("::registry"))!;
const approved = planOf(TEXT, FILE);
const differences = (edit: (preview: Preview) => void) =>
  planDifferences(approved, planOf(edited(edit), FILE));

describe("a plan", () => {
  it("has the steps that change something, in one order, with what they set", () => {
    expect(approved.stack).toBe("sandbox");
    expect(approved.steps.map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`)).toEqual([
      "create assets-deployer-bbbbbbbb-bbbb-cccc-dddd-eeeeeeeeeeee",
      "delete assets-deployer-aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
      "update endpoint-blue",
      "update endpoint-identity",
      "update endpoint-traffic",
      "update observability-application-insights",
      "update observability-log-analytics",
      "update registry",
      "update workspace",
    ]);
    expect(approved.steps.find(({ urn }) => urn.endsWith("::registry"))?.properties).toEqual([
      { path: "tags.owner", before: "tests", after: "others" },
    ]);
    expect(approved.steps[1]?.properties).toEqual([]);
    expect(approved.steps[0]?.properties).toContainEqual({
      path: "principalId",
      after: "bbbbbbbb-bbbb-cccc-dddd-eeeeeeeeeeee",
    });
  });

  it("shows no secret, no output and no code", () => {
    const secret = "xoxb-1111111111111-2222222222222-abcdefghijklmnopqrstuvwx";
    const text = JSON.stringify(
      planOf(
        edited((preview) => {
          const { newState } = registry(preview);
          newState!.inputs["tags"] = { owner: "tests", apiKey: secret };
          newState!.inputs["__provider"] = "exports.handler = () => 1;";
          newState!.outputs = { loginServer: "an output" };
        }),
        FILE,
      ),
    );
    expect(text).not.toContain(secret);
    expect(text).toContain("[looks like a secret: hidden]");
    expect(text).not.toMatch(/exports\.handler|an output|hunter2/);
  });

  it("is the same after it was written down and read", () => {
    expect(readPlan(JSON.stringify(approved), "plan.json")).toEqual(approved);
    expect(() => readPlan("{}", "plan.json")).toThrow(/^plan.json is not a plan/);
    expect(() => readPlan("no", "plan.json")).toThrow(/^plan.json is not a plan/);
  });

  it("is refused of a preview that failed", () => {
    const failed = edited(({ diagnostics }) => {
      diagnostics.push({ severity: "error", message: "error: no quota" });
    });
    expect(() => planOf(failed, FILE)).toThrow(
      "The preview failed, so there is nothing to approve:\n  no quota",
    );
  });
});

describe("a second preview", () => {
  it("is the same in another order, at another time, with other outputs", () => {
    const edit = (preview: Preview) => {
      preview.steps.reverse();
      registry(preview).oldState!.outputs = { creationDate: "2026-11-29" };
      preview.diagnostics.push({ severity: "warning", message: "soaked for 15 days" });
    };
    expect(differences(edit)).toEqual([]);
    assertApproved(approved, planOf(edited(edit), FILE));
  });

  it("differs in a step that was not approved", () => {
    expect(
      differences(({ steps }) => {
        const { urn, oldState } = steps.find(({ urn }) => urn.endsWith("::assets-container"))!;
        steps.push({ op: "delete", urn, oldState: oldState! });
      }),
    ).toEqual(["delete assets-container (azure-native:storage:BlobContainer) was not approved"]);
  });

  it("differs where an update became a replacement, and where an approved step is not there", () => {
    const type = "(azure-native:containerregistry:Registry)";
    expect(differences((preview) => (registry(preview).op = "replace"))).toEqual([
      `replace registry ${type} was not approved`,
      `update registry ${type} was approved, and would not be done`,
    ]);
    expect(differences((preview) => (registry(preview).op = "same"))).toEqual([
      `update registry ${type} was approved, and would not be done`,
    ]);
  });

  it("differs in a value, in what stood there before, and in protection", () => {
    const key = "update registry (azure-native:containerregistry:Registry)";
    expect(
      differences((preview) => {
        const { oldState, newState } = registry(preview);
        newState!.inputs["tags"] = { owner: "nobody" };
        oldState!.inputs["sku"] = { name: "Premium" };
        newState!.protect = false;
      }),
    ).toEqual([
      `${key}: (protect) was approved as unchanged, and is now true → false`,
      `${key}: sku.name was approved as unchanged, and is now "Premium" → "Standard"`,
      `${key}: tags.owner was approved as "tests" → "others", and is now "tests" → "nobody"`,
    ]);
  });

  it("stops the update with every difference, and says what to do", () => {
    const now = planOf(
      edited((preview) => (registry(preview).op = "same")),
      FILE,
    );
    expect(() => {
      assertApproved(approved, now);
    }).toThrow(
      "sandbox is not updated: the update would not do what was approved.\n" +
        "  update registry (azure-native:containerregistry:Registry) was approved, and would not be done\n" +
        "Start the workflow again, and approve what it shows then.",
    );
  });

  it("is never confused with another stack's", () => {
    expect(planDifferences(approved, { ...approved, stack: "production" })).toEqual([
      "the approved plan is of the stack sandbox, this one of production",
    ]);
  });
});
