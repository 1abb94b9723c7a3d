import { beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { judge, type Finding } from "../../policy/judge";
import type { Target } from "../../policy/rule";
import { rules } from "../../policy/rules/index";
import { UNKNOWN } from "../../policy/inputChecks";
import { cases } from "../thorough";
import { find, ownStack, set, unset, type Graph } from "./graphs";

/**
 * Which missing parts of a valid resource the rules find, and that no unexpected input makes a rule throw. Does not prove
 * that a part without a rule is unimportant: the list below is for review.
 */

/** Inputs that no rule requires: names, locations, sizes, costs, and inputs that Azure itself requires. */
const UNGUARDED: Readonly<Record<Target, Readonly<Record<string, readonly string[]>>>> = {
  production: {
    cluster: [
      "azureMonitorProfile",
      "dnsPrefix",
      "identityProfile",
      // Without application routing there is no controller, and nothing to open.
      "ingressProfile",
      "kubernetesVersion",
      "location",
      "nodeResourceGroup",
      "nodeResourceGroupProfile",
      "resourceGroupName",
      "storageProfile",
    ],
    registry: [
      "dataEndpointEnabled",
      "location",
      "networkRuleBypassOptions",
      "registryName",
      "resourceGroupName",
      "sku",
      "zoneRedundancy",
    ],
    features: [
      "defaultToOAuthAuthentication",
      "isHnsEnabled",
      "kind",
      "location",
      "resourceGroupName",
      "sku",
    ],
    "key-vault": ["location", "resourceGroupName", "vaultName"],
    network: [
      "addressSpace",
      "enableDdosProtection",
      "enableVmProtection",
      "location",
      "resourceGroupName",
      "virtualNetworkName",
    ],
    "log-analytics": ["location", "resourceGroupName", "sku", "workspaceName"],
    "cluster-identity-acr-pull": ["principalId", "roleAssignmentName"],
    "scoring-stable": ["apiVersion", "kind"],
  },
  sandbox: {
    workspace: [
      "applicationInsights",
      "containerRegistry",
      "identity",
      "keyVault",
      "location",
      "provisionNetworkNow",
      // Closed in production only, see workspace-public-access-off.
      "publicNetworkAccess",
      "resourceGroupName",
      "storageAccount",
      "workspaceName",
    ],
  },
};

const graphs = new Map<Target, Graph>();

beforeAll(async () => {
  graphs.set("sandbox", await ownStack("sandbox"));
  graphs.set("production", await ownStack("production"));
});

function judged(graph: Graph, target: Target): Finding[] {
  return judge(graph, { target, rules, exemptions: [], today: "2026-01-01" });
}

const rows = Object.entries(UNGUARDED).flatMap(([target, resources]) =>
  Object.entries(resources).map(([name, blocks]) => [target as Target, name, blocks] as const),
);

describe("a missing block", () => {
  it.each(rows)("in %s: %s is found, unless it is listed", (target, name, unguarded) => {
    const graph = graphs.get(target) ?? [];
    const before = judged(graph, target).length;
    const notFound = Object.keys(find(graph, name).inputs).filter(
      (block) => judged(unset(name, block)(graph), target).length === before,
    );
    expect(notFound.sort()).toEqual([...unguarded].sort());
  });
});

describe("an unexpected value in an input", () => {
  const damage = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(UNKNOWN, undefined, [], {}, [null], [{}], "", 0, true, "constructor"),
  );

  it.each(["production", "sandbox"] as const)(
    "does not make a rule throw, and each message is one short line: %s",
    (target) => {
      const graph = graphs.get(target) ?? [];
      const places = graph.flatMap(({ name, inputs }) =>
        pathsIn(inputs).map((at) => ({ name, at })),
      );
      fc.assert(
        fc.property(fc.constantFrom(...places), damage, ({ name, at }, value) => {
          for (const { message } of judged(set(name, at, value)(graph), target)) {
            expect(message).not.toMatch(/undefined|\[object|\n/);
            expect(message.length).toBeLessThan(400);
          }
        }),
        { numRuns: cases(100, 400) },
      );
    },
  );
});

/** Dotted paths of everything in a value, down to its leaves; keys with dots are left out. */
function pathsIn(value: unknown, at = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key.includes(".")) return [];
    const path = at === "" ? key : `${at}.${key}`;
    return [path, ...pathsIn(inner, path)];
  });
}
