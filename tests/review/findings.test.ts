import { describe, expect, it } from "@jest/globals";
import type { Finding } from "../../policy/judge";
import { comparedStack, type Judge } from "../../review/compare";
import { networkSection } from "../../review/sections/network";
import { policySection } from "../../review/sections/policyFindings";
import type { Resource } from "../../review/model";
import { production, reviewed, edited, withInputs } from "./graphs";
import { graph, resource, told, change } from "./smallStack";

/** What is the same on both sides of a comparison, and is not told as news. */

const vault = resource("keyvault:Vault", "vault", { vaultName: "v", size: 1 });

function finding(message: string, more: Partial<Finding> = {}): Finding {
  const { type, name } = vault;
  return { rule: "size", severity: "advisory", type, resource: name, message, ...more };
}

function policyTold(before: readonly Finding[], after: readonly Finding[], now: Resource = vault) {
  const judge: Judge = ({ resources }) => [...(resources[0] === vault ? before : after)];
  return told(policySection(comparedStack("test", graph([vault]), graph([now]), judge)));
}

const EXEMPTION = {
  rule: "size",
  resource: "vault",
  owner: "ops",
  reason: "r",
  expires: "2027-01-01",
};
const other = { ...vault, inputs: { ...vault.inputs, size: 2 } };

describe("a finding of both sides", () => {
  it("is known by its rule and its resource, whatever its message says", () => {
    expect(policyTold([finding("size is 1")], [finding("size is 2")], other)).toEqual([
      "note: Policy: vault size is 2 (size) (existing finding, was: size is 1)",
    ]);
    expect(policyTold([finding("size is 1")], [finding("size is 1")], other)).toEqual([]);
  });

  it("keeps its weight where it is mandatory", () => {
    const mandatory = { severity: "mandatory" } as const;
    expect(
      policyTold([finding("size is 1", mandatory)], [finding("size is 2", mandatory)], other),
    ).toEqual(["blocking: Policy: vault size is 2 (size) (existing finding, was: size is 1)"]);
  });

  it("is told when an exemption comes, and when one goes", () => {
    const lifted = finding("size is 1", { exemption: EXEMPTION });
    const mandatory = finding("size is 1", { severity: "mandatory" });
    expect(policyTold([mandatory], [lifted], other)).toEqual([
      "review: Policy: vault size is 1 (size), exempted until 2027-01-01 by ops (existing finding, was: mandatory)",
    ]);
    expect(policyTold([lifted], [mandatory], other)).toEqual([
      "blocking: Policy: vault size is 1 (size) (existing finding, was: exempted until 2027-01-01)",
    ]);
  });

  it("of several on one resource is paired by its message first, and each only once", () => {
    expect(
      policyTold([finding("a"), finding("b")], [finding("b"), finding("c"), finding("d")], other),
    ).toEqual([
      "review: Policy: vault d (size)",
      "note: Policy: vault c (size) (existing finding, was: a)",
    ]);
    expect(policyTold([finding("a"), finding("b")], [finding("b")], other)).toEqual([
      "note: 1 policy finding resolved",
    ]);
  });

  it("of another rule or another resource is news", () => {
    expect(policyTold([finding("a")], [finding("a", { rule: "place" })], other)).toEqual([
      "review: Policy: vault a (place)",
      "note: 1 policy finding resolved",
    ]);
    expect(policyTold([finding("a")], [finding("a", { resource: "safe" })], other)).toEqual([
      "review: Policy: safe a (size)",
      "note: 1 policy finding resolved",
    ]);
  });

  it("goes with a resource that has another name", () => {
    const renamed = { ...vault, name: "safe", urn: vault.urn.replace("::vault", "::safe") };
    expect(policyTold([finding("a")], [finding("a", { resource: "safe" })], renamed)).toEqual([]);
  });
});

describe("rules of the network", () => {
  const rule = { name: "AllowNodes", access: "Allow", description: "nodes" };
  const deny = { name: "Deny", access: "Deny" };
  const group = (inputs: object) =>
    resource("network:NetworkSecurityGroup", "rules", { securityRules: [rule, deny], ...inputs });
  const networkTold = (after: object) => told(networkSection(change([group({})], [group(after)])));

  it("are the same with other tags, descriptions or places in the list", () => {
    expect(networkTold({ tags: { owner: "other" } })).toEqual([]);
    expect(networkTold({ securityRules: [{ ...rule, description: "all nodes" }, deny] })).toEqual(
      [],
    );
    expect(networkTold({ securityRules: [deny, rule] })).toEqual([]);
  });

  it("differ where one does, with those that do alone", () => {
    const after = { securityRules: [{ ...rule, access: "Deny" }, deny], tags: { owner: "other" } };
    expect(networkTold(after)).toEqual([
      "review: Network: network security group rules would allow different traffic: AllowNodes",
    ]);
  });

  it.each([
    ["network:RouteTable", { routes: [{ name: "out", nextHopType: "None" }] }],
    ["kubernetes:networking.k8s.io/v1:NetworkPolicy", { spec: { ingress: [] } }],
  ])("are those of a %s too, and not its tags or labels", (type, inputs) => {
    const before = resource(type, "x", {});
    const labelled = resource(type, "x", { tags: { a: "1" }, metadata: { labels: { a: "1" } } });
    expect(told(networkSection(change([before], [labelled])))).toEqual([]);
    const changed = resource(type, "x", inputs);
    expect(told(networkSection(change([before], [changed])))).toHaveLength(1);
  });
});

describe("a change of the tags alone", () => {
  it("of a whole stack has no headline", async () => {
    const base = await production();
    const tagged = edited(base, ({ resources }) => ({
      resources: resources.map((one) =>
        one.inputs["tags"] === undefined
          ? one
          : withInputs(one, {
              tags: { application: "flood", environment: "tests", owner: "other" },
            }),
      ),
    }));
    const review = reviewed("production", base, tagged);
    expect(told(networkSection(review))).toEqual([]);
    expect(told(policySection(review))).toEqual([]);
  });
});
