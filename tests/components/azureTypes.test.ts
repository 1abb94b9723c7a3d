import { beforeAll, describe, expect, it } from "@jest/globals";
import type { EmulatorRun } from "../../emulator/onEmulator";
import { plainInputs, revealed } from "../../graph/plainInputs";
import { typeProblems } from "../azureTypes";
import { variantRun, VARIANTS } from "../productionVariants";
import { PRIVATE_BOTH_WAYS, sandboxRun } from "../stacks";

/**
 * Proves that every body has the properties and values that Azure's API descriptions know, as azure-native carries
 * them; it does not prove that Azure takes their combination.
 */

describe("the check itself", () => {
  const GOOD = {
    resourceGroupName: "rg",
    registryName: "cr",
    sku: { name: "Premium" },
    adminUserEnabled: false,
    policies: { retentionPolicy: { days: 7, status: "enabled" } },
    tags: { owner: "tests" },
  };
  const problems = (changes: Record<string, unknown>) =>
    typeProblems("azure-native:containerregistry:Registry", { ...GOOD, ...changes });

  it("finds nothing wrong with a good body", () => {
    expect(problems({})).toEqual([]);
  });

  it.each([
    ["an unknown property", { admin: true }, "admin: is not known"],
    ["a missing property", { sku: {} }, "sku.name: is missing"],
    [
      "a value that the API does not name",
      { sku: { name: "Gold" } },
      /^sku.name: is "Gold", not one of .*Premium/,
    ],
    [
      "a value in another case",
      { zoneRedundancy: "enabled" },
      /^zoneRedundancy: is "enabled", not one of/,
    ],
    [
      "a wrong kind",
      { adminUserEnabled: "no" },
      "adminUserEnabled: is of type string, not boolean",
    ],
    [
      "an unknown property further down",
      { policies: { retentionPolicy: { weeks: 1 } } },
      "policies.retentionPolicy.weeks: is not known",
    ],
    ["a tag that is no text", { tags: { owner: 1 } }, "tags.owner: is of type number, not string"],
    [
      "an object instead of a list",
      { networkRuleSet: { defaultAction: "Deny", ipRules: {} } },
      "networkRuleSet.ipRules: is no list",
    ],
  ])("finds %s", (_what, changes, message) => {
    const found = problems(changes);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(
      message instanceof RegExp ? message : new RegExp(`^${message.replace(/[.[\]]/g, "\\$&")}$`),
    );
  });

  it("knows the shapes of a body that comes in several kinds", () => {
    const rule = (properties: Record<string, unknown>) =>
      typeProblems("azure-native:machinelearningservices:ManagedNetworkSettingsRule", {
        resourceGroupName: "rg",
        workspaceName: "mlw",
        properties,
      });
    expect(rule({ type: "FQDN", destination: "example.org" })).toEqual([]);
    expect(rule({ type: "FQDN", target: "example.org" })).toEqual([
      "properties.target: is not known",
    ]);
  });
});

/**
 * The API names five streams of data collection rules and takes others. These are the ones that AKS's agents send
 * (Azure Monitor, "Configure Container insights data collection", "Prometheus metrics: ARM template").
 */
const OTHER_STREAMS =
  /streams\[\d+\]: is "Microsoft-(PrometheusMetrics|ContainerLogV2|KubeEvents|KubePodInventory)",/;

/**
 * Two enumerations of the API are called ConditionOperator, and azure-native has the one of another resource. A log alert takes
 * these words (Azure REST API, scheduled query rules, ConditionOperator).
 */
const OTHER_OPERATORS = /criteria\.allOf\[\d+\]\.operator: is "GreaterThan", not one of eq, ne,/;

const STACKS: [string, () => Promise<EmulatorRun>][] = [
  ["sandbox", () => sandboxRun({ network: { isolationMode: "AllowOnlyApprovedOutbound" } })],
  [
    "sandbox with alerts",
    () =>
      sandboxRun({
        notify: {
          owner: "tests",
          email: ["on-call@example.org"],
          azureApp: ["on-call@example.org"],
          webhooks: [{ name: "pager", url: { secure: "v1:abc" } }],
        },
        autoscale: { green: { minInstances: 1, maxInstances: 5 } },
      }),
  ],
  ["sandbox without public access", () => sandboxRun({ network: PRIVATE_BOTH_WAYS })],
  ...(Object.keys(VARIANTS) as (keyof typeof VARIANTS)[]).map(
    (variant): [string, () => Promise<EmulatorRun>] => [
      `production ${variant}`,
      () => variantRun(variant),
    ],
  ),
];

describe.each(STACKS)("the bodies of the stack %s", (_stack, evaluate) => {
  let run: EmulatorRun;
  beforeAll(async () => {
    run = await evaluate();
  });

  it("agree with Azure's types", () => {
    const azure = run.resources.flatMap(({ type, name, inputs }) => {
      const body = plainInputs(inputs, revealed);
      if (type.startsWith("azure-native:")) return [{ type, name, body }];
      // Written by the program's own provider, with the bodies that azure-native has for them.
      const [, version] = /^pulumi-nodejs:dynamic\/mlscore:(\w+Version)$/.exec(type) ?? [];
      if (version === undefined) return [];
      const { subscriptionId: _subscription, collection: _collection, ...rest } = body;
      return [{ type: `azure-native:machinelearningservices:${version}`, name, body: rest }];
    });
    expect(azure.length).toBeGreaterThan(20);
    const problems = azure.flatMap(({ type, name, body }) =>
      typeProblems(type, body).map((problem) => `${name} ${problem}`),
    );
    const unexplained = problems.filter(
      (problem) => !OTHER_STREAMS.test(problem) && !OTHER_OPERATORS.test(problem),
    );
    expect(unexplained).toEqual([]);
  });
});
