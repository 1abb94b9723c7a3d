import { BOTH, type ResourceRule } from "../../rule";
import { UNKNOWN, at, fault, items, textAt } from "../../inputChecks";

/** Anywhere, and ranges of more than a 256th of all addresses. */
const OPEN = /^(\*|any|internet|::\/0|[\d.]+\/[0-7])$/i;

/**
 * A rule from anywhere, from the tag Internet or from a range wider than /8. A rule that does not say from where is
 * from anywhere.
 */
export const networkOpenInbound: ResourceRule = {
  id: "network-open-inbound",
  title: "No security group lets the internet in",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.NSG.AnyInboundSource"],
  },
  sees: "resource",
  types: ["azure-native:network:NetworkSecurityGroup"],
  check: ({ inputs }) => {
    const rules = inputs["securityRules"];
    if (!Array.isArray(rules)) return [fault("securityRules", rules, "a list of rules")];
    return rules.flatMap((rule: unknown) => {
      const isHarmless =
        textAt(rule, "access") === "Deny" || textAt(rule, "direction") === "Outbound";
      const open = sources(rule).find(isOpen);
      if (isHarmless || (sources(rule).length > 0 && open === undefined)) return [];
      const name = textAt(rule, "name") ?? "without a name";
      return [`rule ${name} lets in ${open === UNKNOWN ? "what is not known" : "everybody"}`];
    });
  },
};

function isOpen(source: unknown): boolean {
  return source === UNKNOWN || typeof source !== "string" || OPEN.test(source);
}

function sources(rule: unknown): readonly unknown[] {
  const one = at(rule, "sourceAddressPrefix");
  return [...(one === undefined ? [] : [one]), ...items(at(rule, "sourceAddressPrefixes"))];
}
