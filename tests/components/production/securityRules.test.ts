import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { securityRules, type SecurityRule } from "../../../components/securityRules";
import type { Subnets } from "../../../config/production/productionTypes";

// Proves what the rules say, not that AKS needs no other flow.

const SUBNETS: Subnets<string> = {
  nodes: "10.60.0.0/22",
  apiServer: "10.60.4.0/28",
  privateEndpoints: "10.60.5.0/27",
  gateway: "10.60.6.0/27",
};
const POD_CIDR = "192.168.0.0/16";

describe("the rules of the subnets", () => {
  const rules = securityRules({ ...SUBNETS, build: "10.60.7.0/27" }, POD_CIDR);
  /** `from > to : ports` of each rule in their order, with what is not plain TCP in front. */
  const table = (list: readonly SecurityRule[] | undefined) =>
    list?.map((rule) => {
      const from = rule.sourceAddressPrefixes?.join() ?? rule.sourceAddressPrefix ?? "";
      const to = rule.destinationAddressPrefixes?.join() ?? rule.destinationAddressPrefix ?? "";
      const ports = rule.destinationPortRanges?.join() ?? rule.destinationPortRange ?? "";
      return `${rule.priority} ${rule.access} ${rule.direction} ${rule.protocol} ${from} > ${to} : ${ports}`;
    });
  const DENY = "4096 Deny Inbound * * > * : *";

  it("let nodes and pods talk, the API server and callers of the gateway in, and nothing else to nodes", () => {
    const cluster = "10.60.0.0/22,192.168.0.0/16";
    expect(table(rules.nodes)).toEqual([
      `100 Allow Inbound * ${cluster} > ${cluster} : *`,
      `110 Allow Inbound Tcp 10.60.4.0/28 > ${cluster} : *`,
      "120 Allow Inbound Tcp VirtualNetwork > 10.60.6.0/27 : 80,443",
      "130 Allow Inbound * AzureLoadBalancer > * : *",
      DENY,
    ]);
  });

  it("let the API server be reached as AKS documents it", () => {
    expect(table(rules.apiServer)).toEqual([
      "100 Allow Inbound Tcp 10.60.0.0/22 > 10.60.4.0/28 : 443,4443",
      "110 Allow Inbound Tcp VirtualNetwork > 10.60.4.0/28 : 443",
      "120 Allow Inbound Tcp AzureLoadBalancer > 10.60.4.0/28 : 9988",
      DENY,
    ]);
  });

  it("let private endpoints answer HTTPS and begin nothing", () => {
    expect(table(rules.privateEndpoints)).toEqual([
      "100 Allow Inbound Tcp VirtualNetwork > 10.60.5.0/27 : 443",
      DENY,
      "4096 Deny Outbound * * > * : *",
    ]);
  });

  it("let callers reach the gateway", () => {
    expect(table(rules.gateway)).toEqual([
      "100 Allow Inbound Tcp VirtualNetwork > 10.60.6.0/27 : 80,443",
      "110 Allow Inbound * AzureLoadBalancer > 10.60.6.0/27 : *",
      DENY,
    ]);
  });

  it("let nobody reach a build agent, where there are some", () => {
    expect(table(rules.build)).toEqual([DENY]);
    expect(Object.keys(securityRules(SUBNETS, POD_CIDR))).toEqual([
      "nodes",
      "apiServer",
      "privateEndpoints",
      "gateway",
    ]);
  });

  it("never let the Internet in, whatever the ranges are", () => {
    const cidr = fc
      .tuple(fc.ipV4(), fc.integer({ min: 8, max: 28 }))
      .map(([ip, n]) => `${ip}/${n}`);
    const subnets = fc.record({
      nodes: cidr,
      apiServer: cidr,
      privateEndpoints: cidr,
      gateway: cidr,
      build: cidr,
    });
    fc.assert(
      fc.property(subnets, cidr, (ranges, podCidr) => {
        const own = new Set([
          ...Object.values(ranges),
          podCidr,
          "VirtualNetwork",
          "AzureLoadBalancer",
        ]);
        for (const list of Object.values(securityRules(ranges, podCidr)) as SecurityRule[][]) {
          for (const rule of list.filter(({ access }) => access === "Allow")) {
            const sources = rule.sourceAddressPrefixes ?? [rule.sourceAddressPrefix];
            expect(sources.filter((source) => !own.has(source ?? ""))).toEqual([]);
          }
          expect(list.filter(({ name }) => name === "DenyAllInbound")).toHaveLength(1);
        }
      }),
    );
  });

  it("give a reason that Azure can keep, and different names and priorities a direction", () => {
    for (const list of Object.values(rules) as SecurityRule[][]) {
      for (const { description } of list) {
        expect(description.length).toBeGreaterThan(10);
        expect(description.length).toBeLessThanOrEqual(140);
      }
      expect(new Set(list.map(({ name }) => name)).size).toBe(list.length);
      const places = list.map(({ direction, priority }) => `${direction} ${priority}`);
      expect(new Set(places).size).toBe(list.length);
    }
  });
});
