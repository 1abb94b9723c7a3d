import { beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { graphOf } from "../../graph/graph";
import { judge, type Finding } from "../../policy/judge";
import { policyResources } from "../../policy/resources";
import type { Target } from "../../policy/rule";
import { rules } from "../../policy/rules/index";
import { findingCounts, findingsTable } from "../../policy/table";
import { VARIANTS, variantRun } from "../productionVariants";
import { all, ownStack, set, type Graph } from "./graphs";

/** The order and the output of findings. What each rule finds, rules.test.ts proves. */

let production: Graph;
let broken: Graph;

beforeAll(async () => {
  production = await ownStack("production");
  broken = all(
    set("registry", "publicNetworkAccess", "Enabled"),
    set("features", "allowSharedKeyAccess", true),
    set("cluster", "agentPoolProfiles.0.minCount", 2),
  )(production);
});

function judged(graph: Graph, target: Target = "production"): Finding[] {
  return judge(graph, { target, rules, exemptions: [], today: "2026-01-01" });
}

function shown(findings: readonly Finding[]): string[] {
  return findings.map(({ severity, rule, resource }) => `${severity} ${rule} ${resource}`);
}

describe("findings", () => {
  it("are sorted with mandatory ones first, then by rule and resource", () => {
    expect(shown(judged(broken))).toEqual([
      "mandatory registry-public-access-off registry",
      "mandatory storage-shared-keys-off features",
      "advisory gateway-tls scoring-gateway",
      "advisory gateway-tls scoring-gateway",
      "advisory pools-node-counts cluster",
    ]);
  });

  it("are those of the rules for the stack's target alone", () => {
    expect(shown(judged(broken, "sandbox"))).not.toContain(
      "mandatory registry-public-access-off registry",
    );
    expect(shown(judged(broken, "sandbox"))).toContain(
      "mandatory storage-shared-keys-off features",
    );
  });

  it("do not depend on the order of the resources", () => {
    const expected = judged(broken);
    fc.assert(
      fc.property(fc.shuffledSubarray([...broken], { minLength: broken.length }), (shuffled) => {
        expect(judged(shuffled)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  it("are shown in a table and counted, an exempted one with its owner and reason", () => {
    const exemption = {
      rule: "gateway-tls",
      resource: "scoring-gateway",
      owner: "insight",
      reason: "waiting for the certificate",
      expires: "2026-02-01",
    };
    const evaluation = { target: "production", rules, today: "2026-01-01" } as const;
    const findings = judge(broken, { ...evaluation, exemptions: [exemption] });
    const table = findingsTable(findings);
    expect(table).toContain(
      '│ mandatory │ registry-public-access-off   │ registry               │ publicNetworkAccess is "Enabled"; must be "Disabled"         │',
    );
    expect(table.match(/│ exempt +│ gateway-tls/g)).toHaveLength(2);
    expect(table.replace(/\s*│\n│[ │]*/g, " ")).toContain(
      "(until 2026-02-01, insight: waiting for the certificate)",
    );
    expect(findingCounts(findings)).toBe("2 mandatory, 1 advisory, 2 exempt");
  });
});

describe("other stacks that the settings allow", () => {
  it.each(Object.keys(VARIANTS) as (keyof typeof VARIANTS)[])(
    "%s break no mandatory rule but the one on tags",
    async (variant) => {
      const run = await variantRun(variant);
      const mandatory = judged(policyResources(graphOf(run)))
        .filter(({ severity }) => severity === "mandatory")
        .map(({ rule, message }) => `${rule} ${message.split(" ")[0] ?? ""}`);
      expect([...new Set(mandatory)].sort()).toEqual([
        "required-tags tags.application",
        "required-tags tags.environment",
      ]);
    },
  );
});
