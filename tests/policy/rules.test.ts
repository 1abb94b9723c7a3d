import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { judge } from "../../policy/judge";
import { appliesTo, type Rule, type RuleDefinition, type Target } from "../../policy/rule";
import { ruleGroups, rules } from "../../policy/rules/index";
import { PRIVATE_BOTH_WAYS } from "../stacks";
import type { Case, Source } from "./case";
import { alertGroups, alerts, eventAlerts } from "./cases/alerts";
import { azureml } from "./cases/azureml";
import { clusters } from "./cases/clusters";
import { everything } from "./cases/everything";
import { identities } from "./cases/identities";
import { levels } from "./cases/levels";
import { networks } from "./cases/networks";
import { objects } from "./cases/objects";
import { pods } from "./cases/pods";
import { services } from "./cases/services";
import { find, ownStack, type Graph } from "./graphs";

/**
 * Each rule on the project's own stacks, and on stacks with one broken input. Proves that a rule finds its violations; it
 * does not prove that the rules cover everything a stack needs.
 */

const cases: Readonly<Record<string, Case>> = {
  ...alerts,
  ...azureml,
  ...clusters,
  ...everything,
  ...identities,
  ...levels,
  ...networks,
  ...objects,
  ...pods,
  ...services,
};

/** Prohibitions: an input that is missing cannot violate them. */
const RIGHT_WHEN_ABSENT = ["ignored-changes", "no-key-values", "one-region", "only-reviewed-types"];

const graphs = new Map<Source, Graph>();

beforeAll(async () => {
  graphs.set("sandbox", await ownStack("sandbox"));
  graphs.set("production", await ownStack("production"));
  const network = JSON.stringify(PRIVATE_BOTH_WAYS);
  graphs.set("privateSandbox", await ownStack("sandbox", { "mlscore:network": network }));
});

function rightGraph({ from, given }: Case): Graph {
  const graph = graphs.get(from) ?? [];
  return given === undefined ? graph : given(graph);
}

/** Names of the resources with a violation of the rule. */
function blamed(rule: Rule, graph: Graph, target: Target): string[] {
  const level = rule.levels?.at(-1) ?? "open";
  const scope = { target, level, rules: [rule] };
  const findings = judge(graph, { ...scope, exemptions: [], today: "2026-01-01" });
  return [...new Set(findings.map(({ resource }) => resource))];
}

describe("the rules together", () => {
  it("are at least forty, each with a unique id of lower-case words with dashes", () => {
    const ids = rules.map(({ id }) => id);
    expect(ids.length).toBeGreaterThanOrEqual(40);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z]+(-[a-z]+)+$/.test(id))).toEqual([]);
  });

  it("are those of every file in policy/rules, sorted by id", async () => {
    const folder = join(__dirname, "..", "..", "policy", "rules");
    const files = readdirSync(folder).filter((file) => file !== "index.ts");
    const groups = Object.values(ruleGroups);
    const idsOfGroups = groups.map((group) => group.map(({ id }) => id));
    expect(groups).toHaveLength(files.length);
    for (const file of files) {
      const exported = (await import(join(folder, file))) as Readonly<Record<string, unknown>>;
      const [group, ...others] = Object.values(exported) as (readonly RuleDefinition[])[];
      expect(others).toEqual([]);
      expect(idsOfGroups).toContainEqual(group?.map(({ id }) => id));
    }
    for (const group of groups) {
      const ids = group.map(({ id }) => id);
      expect(ids).toEqual([...ids].sort());
    }
  });

  it("each have cases, and one for what is missing", () => {
    const onGraphs = rules.filter((rule) => !("checkChanges" in rule));
    expect(Object.keys(cases).sort()).toEqual(onGraphs.map(({ id }) => id).sort());
    const withoutMissing = Object.entries(cases)
      .filter(([, { breaks }]) => !breaks.some(({ isMissing }) => isMissing))
      .map(([id]) => id);
    expect(withoutMissing.sort()).toEqual(RIGHT_WHEN_ABSENT);
  });

  it("name where they come from, in the form of each source", () => {
    for (const { id, references } of rules) {
      const { psrule = [], cisAks = [], azurePolicy = [], other = [] } = references;
      expect([id, psrule.filter((name) => !/^Azure\.[A-Z]\w+\.[A-Z]\w+$/.test(name))]).toEqual([
        id,
        [],
      ]);
      expect([id, cisAks.filter((number) => !/^[2-5]\.\d\.\d$/.test(number))]).toEqual([id, []]);
      expect([
        id,
        azurePolicy.filter((guid) => !/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(guid)),
      ]).toEqual([id, []]);
      expect([id, psrule.length + cisAks.length + azurePolicy.length + other.length]).not.toEqual([
        id,
        0,
      ]);
    }
  });

  it("cannot all be exempted: what IT forbids is final", () => {
    const final = rules.filter(({ isFinal }) => isFinal).map(({ id }) => id);
    expect(final.sort()).toEqual([
      "level-no-public-access",
      "no-container-instances",
      "registry-admin-user-off",
    ]);
  });
});

/** A rule with several shapes has one case for each. */
const shapes = [cases, alertGroups, eventAlerts].flatMap((all) => Object.entries(all));

describe.each(shapes)("%s", (id, one) => {
  const rule = rules.find((candidate) => candidate.id === id)!;
  const target = one.as ?? (one.from === "privateSandbox" ? "sandbox" : one.from);

  it("accepts a valid stack that has resources of its types", () => {
    const graph = rightGraph(one);
    expect(blamed(rule, graph, target)).toEqual([]);
    expect(rule.targets).toContain(target);
    if ("checkResource" in rule) {
      expect(graph.some(({ type }) => appliesTo(rule, type))).toBe(true);
    }
  });

  it.each(one.breaks.map((broken) => [broken.what, broken] as const))(
    "fails %s",
    (_what, broken) => {
      const graph = broken.change(rightGraph(one));
      expect(blamed(rule, graph, target)).toEqual([find(graph, broken.on).name]);
    },
  );
});
