import { describe, expect, it } from "@jest/globals";
import { unknownCheckingProxy, type PolicyResource as EngineResource } from "@pulumi/policy";
import { asRegistered, atTheEnd } from "../../policy/engine";
import { judge } from "../../policy/judge";
import { typeWithoutVersion } from "../../policy/resources";
import type { PolicyResource, Target } from "../../policy/rule";
import { rules } from "../../policy/rules/index";
import { UNKNOWN } from "../../policy/inputChecks";
import { all, alter, ownStack, without, type Change, type Graph } from "./graphs";

/**
 * First previews, in which ids, and names of resources that do not exist yet, are unknown. Does not prove that previews of
 * the engine are the same: tests/engine/policy.test.ts does, where the engine is installed.
 */

/** Physical names that become known with the resource that has them. */
const NAMES: Readonly<Record<string, string>> = {
  "azure-native:containerservice:ManagedCluster": "resourceName",
  "azure-native:machinelearningservices:OnlineEndpoint": "endpointName",
  "azure-native:machinelearningservices:Workspace": "workspaceName",
  "azure-native:network:PrivateEndpoint": "privateEndpointName",
  "azure-native:storage:StorageAccount": "accountName",
};

/** The graph as the engine tells it in a first preview: unknown values, and which resources they come from. */
function firstPreview(graph: Graph): Graph {
  return graph.map((resource) => {
    const { inputs, sources } = forgetting(resource, graph);
    return { ...resource, id: undefined, inputs, sources };
  });
}

function forgetting(resource: PolicyResource, graph: Graph) {
  const sources: Record<string, string[]> = {};
  const forget = (value: unknown, key: string, top: string): unknown => {
    if (typeof value === "object" && value !== null) {
      const entries = Object.entries(value).map(
        ([k, inner]) => [k, forget(inner, k, top)] as const,
      );
      return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
    }
    const from = graph.find((other) => other !== resource && comesFrom(value, key, other));
    if (from === undefined) return value;
    sources[top] = [...(sources[top] ?? []), from.urn];
    return UNKNOWN;
  };
  const inputs = Object.fromEntries(
    Object.entries(resource.inputs).map(([key, value]) => [key, forget(value, key, key)]),
  );
  return { inputs, sources };
}

function comesFrom(value: unknown, key: string, other: PolicyResource): boolean {
  if (typeof value !== "string" || other.id === undefined) return false;
  if (other.type === "docker:index/image:Image") return key === "image";
  if (other.type === "kubernetes:core/v1:Namespace") {
    return key === "namespace" && value === (other.inputs["metadata"] as { name: string }).name;
  }
  const name = NAMES[other.type];
  if (name !== undefined && key === name && value === other.inputs[name]) return true;
  return value.startsWith("/") && value === other.id;
}

function mandatory(graph: Graph, target: Target): string[] {
  return judge(graph, { target, rules, exemptions: [], today: "2026-01-01" })
    .filter(({ severity }) => severity === "mandatory")
    .map(({ rule, resource }) => `${rule} ${resource}`);
}

describe("a first preview", () => {
  it.each(["sandbox", "production"] as const)(
    "of the project's own %s stack breaks no mandatory rule",
    async (target) => {
      const graph = firstPreview(await ownStack(target));
      const unknown = JSON.stringify(graph).split(String(UNKNOWN)).length - 1;
      expect(unknown).toBeGreaterThan(20);
      expect(mandatory(graph, target)).toEqual([]);
    },
  );

  it("breaks rules where an unknown value has no source", async () => {
    const graph = firstPreview(await ownStack("production"));
    const nowhere = (name: string): Change => alter(name, () => ({ sources: {} }));
    const lost = [
      ["scoring-stable", ["images-by-digest", "images-from-azure"]],
      ["cluster-identity-acr-pull", ["role-narrow-scope"]],
      ["registry-endpoint", ["network-private-endpoints"]],
      ["vault-endpoint-dns", ["network-private-names"]],
      ["restricted-pods", ["cluster-restricted-pods"]],
      ["monitoring-diagnostics", ["cluster-audit-logs", "diagnostics-present"]],
      ["maintenance-upgrade-window", ["cluster-maintenance-windows"]],
      ["network-nat-gateway", ["network-public-addresses"]],
      ["scoring-default-deny", ["namespaces-default-deny", "objects-in-own-namespace"]],
      ["scoring-stable-service", ["objects-in-own-namespace"]],
      ["features-blob-service", ["storage-soft-delete", "diagnostics-present"]],
    ] as const;
    for (const [name, expected] of lost) {
      const broken = mandatory(nowhere(name)(graph), "production").map((one) => one.split(" ")[0]);
      expect([name, [...new Set(broken)].sort()]).toEqual([
        name,
        expect.arrayContaining([...expected]),
      ]);
    }
  });

  it("breaks a rule where the image comes from no build of the stack", async () => {
    const graph = firstPreview(await ownStack("production"));
    const builtElsewhere = all(without("image-build"))(graph);
    expect(mandatory(builtElsewhere, "production")).toEqual([
      "images-by-digest scoring-stable",
      "images-from-azure scoring-stable",
    ]);
  });
});

describe("a resource of the engine", () => {
  const opts = { protect: true, ignoreChanges: ["tags"] } as EngineResource["opts"];
  // Its type is left out of the package's declarations.
  const proxied = unknownCheckingProxy as (
    props: Record<string, unknown>,
  ) => Record<string, unknown>;
  const args = {
    type: "azure-native:storage/v20240101:StorageAccount",
    name: "account",
    urn: "urn:account",
    opts,
    props: proxied({
      kind: "StorageV2",
      nothing: null,
      // Unknown numbers, lists and objects have marks of their own.
      id: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
      days: "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
      block: { inner: "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", known: [1, { deep: true }] },
      list: ["a", "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"],
    }),
  };

  it("becomes plain, with one mark for all that is unknown", () => {
    expect(asRegistered(args)).toEqual({
      type: "azure-native:storage:StorageAccount",
      name: "account",
      urn: "urn:account",
      id: undefined,
      inputs: {
        kind: "StorageV2",
        id: UNKNOWN,
        days: UNKNOWN,
        block: { inner: UNKNOWN, known: [1, { deep: true }] },
        list: ["a", UNKNOWN],
      },
      protect: true,
      ignoreChanges: ["tags"],
      sources: {},
    });
  });

  it("keeps, at the end, the inputs that it was registered with", () => {
    const registered = asRegistered(args);
    const other = { urn: "urn:other" };
    const resource = {
      ...args,
      props: proxied({ kind: "what Azure answered" }),
      propertyDependencies: { id: [other] },
    } as unknown as EngineResource;
    const atEnd = atTheEnd(resource, new Map([["urn:account", registered]]));
    expect(atEnd).toEqual({ ...registered, sources: { id: ["urn:other"] } });
    expect(atTheEnd(resource, new Map()).inputs).toEqual({ kind: "what Azure answered" });
  });

  it.each([
    ["azure-native:storage:StorageAccount", "azure-native:storage:StorageAccount"],
    ["azure-native:storage/v20240101preview:StorageAccount", "azure-native:storage:StorageAccount"],
    [
      "azure-native_storage_v20240101:storage:StorageAccount",
      "azure-native:storage:StorageAccount",
    ],
    ["kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:Deployment"],
    ["docker:index/image:Image", "docker:index/image:Image"],
  ])("of type %s is judged as %s", (type, expected) => {
    expect(typeWithoutVersion(type)).toBe(expected);
  });
});
