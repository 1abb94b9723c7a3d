import { beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { PolicyExemption } from "../../config/policyExemptions";
import { dayOf, exemptionProblem, exemptionsIn } from "../../policy/exemptions";
import { isRefused, judge, type Finding } from "../../policy/judge";
import { rules } from "../../policy/rules/index";
import { ownStack, set, type Graph } from "./graphs";

/** What exemptions lift, and which problems they can have. Does not prove that anybody reads them. */

const TODAY = "2026-03-01";
const LAST_DAY_ALLOWED = "2026-05-30";

let right: Graph;
let broken: Graph;

beforeAll(async () => {
  right = await ownStack("production");
  broken = set("registry", "publicNetworkAccess", "Enabled")(right);
});

function exemption(changes: Partial<PolicyExemption> = {}): PolicyExemption {
  return {
    rule: "registry-public-access-off",
    resource: "registry",
    owner: "insight",
    reason: "moving the build agents into the network",
    expires: "2026-03-31",
    ...changes,
  };
}

function judged(graph: Graph, ...exemptions: readonly PolicyExemption[]): Finding[] {
  const found = judge(graph, { target: "production", rules, exemptions, today: TODAY });
  return found.filter(({ rule }) => rule !== "gateway-tls");
}

function shown(findings: readonly Finding[]): string[] {
  return findings.map(({ severity, rule, resource }) => `${severity} ${rule} ${resource}`);
}

const BROKEN = "mandatory registry-public-access-off registry";

describe("an exemption", () => {
  it("is not there: the violation is mandatory", () => {
    expect(shown(judged(broken))).toEqual([BROKEN]);
    expect(isRefused(judged(broken))).toBe(true);
  });

  it("makes a violation advisory, and stays beside it", () => {
    const [finding, ...others] = judged(broken, exemption());
    expect(others).toEqual([]);
    expect(finding).toEqual({
      rule: "registry-public-access-off",
      severity: "advisory",
      type: "azure-native:containerregistry:Registry",
      resource: "registry",
      message: 'publicNetworkAccess is "Enabled"; must be "Disabled"',
      exemption: exemption(),
    });
    expect(isRefused(judged(broken, exemption()))).toBe(false);
  });

  it.each([
    ["another rule", { rule: "registry-exports-off" }],
    ["another resource", { resource: "key-vault" }],
    ["a resource of a similar name", { resource: "registry-endpoint" }],
  ])("of %s lifts nothing, and is unused", (_what, changes) => {
    const other = exemption(changes);
    expect(shown(judged(broken, other))).toEqual([
      BROKEN,
      `advisory exemption-unused ${other.resource}`,
    ]);
  });

  it("that is no longer needed is said to be", () => {
    const [finding, ...others] = judged(right, exemption());
    expect(others).toEqual([]);
    expect(finding?.message).toBe(
      "registry does not violate registry-public-access-off; remove the exemption",
    );
  });

  it("from a rule that does not exist names the list of those that do", () => {
    const [finding] = judged(right, exemption({ rule: "no-such-rule" }));
    expect(finding?.message).toBe("there is no rule no-such-rule; docs/policy.md lists them");
  });

  it("holds on its last day and not on the next, when both the violation and it are mandatory", () => {
    expect(isRefused(judged(broken, exemption({ expires: TODAY })))).toBe(false);
    expect(shown(judged(broken, exemption({ expires: "2026-02-28" })))).toEqual([
      "mandatory exemption-expired registry",
      BROKEN,
    ]);
  });

  it("that has expired also fails a stack without the violation", () => {
    expect(shown(judged(right, exemption({ expires: "2026-02-28" })))).toEqual([
      "mandatory exemption-expired registry",
      "advisory exemption-unused registry",
    ]);
  });

  it("is given for ninety days and no longer", () => {
    expect(isRefused(judged(broken, exemption({ expires: LAST_DAY_ALLOWED })))).toBe(false);
    const tooLong = judged(broken, exemption({ expires: "2026-05-31" }));
    expect(shown(tooLong)).toEqual(["mandatory exemption-too-long registry", BROKEN]);
    expect(tooLong[0]?.message).toContain(`the latest allowed day is ${LAST_DAY_ALLOWED}`);
  });

  it("lifts nothing of what IT forbids", () => {
    const admin = set("registry", "adminUserEnabled", true)(right);
    const refused = judged(admin, exemption({ rule: "registry-admin-user-off" }));
    expect(shown(refused)).toEqual([
      "mandatory exemption-refused registry",
      "mandatory registry-admin-user-off registry",
    ]);
  });

  it("is valid exactly from today to ninety days ahead, whatever the day", () => {
    const days = fc.integer({ min: -200, max: 400 });
    const start = fc.integer({ min: 20_000, max: 30_000 });
    fc.assert(
      fc.property(start, days, (day, ahead) => {
        const date = (number: number) => dayOf(new Date(number * 86_400_000));
        const problem = exemptionProblem(
          exemption({ expires: date(day + ahead) }),
          rules,
          date(day),
        );
        expect(problem?.rule).toBe(
          ahead < 0 ? "exemption-expired" : ahead > 90 ? "exemption-too-long" : undefined,
        );
      }),
    );
  });
});

describe("the exemptions of a stack's settings", () => {
  it("are read as the engine passes them on", () => {
    const setting = JSON.stringify([exemption()]);
    expect(exemptionsIn({ "mlscore:policyExemptions": setting })).toEqual([exemption()]);
  });

  it.each([
    ["left out", {}],
    ["no JSON", { "mlscore:policyExemptions": "soon" }],
    ["without an owner", { "mlscore:policyExemptions": '[{"rule":"a","resource":"b"}]' }],
  ])("exempt nothing when they are %s", (_what, settings) => {
    expect(exemptionsIn(settings)).toEqual([]);
  });
});
