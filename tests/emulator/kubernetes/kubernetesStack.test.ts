import { beforeAll, describe, expect, it } from "@jest/globals";
import { armTemplate } from "../../../render/armTemplate";
import { graphOf } from "../../../graph/graph";
import { manifests } from "../../../render/manifests";
import type { EmulatorRun } from "../../../emulator/onEmulator";
import { isAzureResource } from "../../../emulator/emulatorStore";
import { evaluatedPreview, evaluatedUp } from "../../evaluation/client";
import { PRODUCTION, productionSettings } from "../../stacks";

/** Kubernetes objects within the whole production stack: order, changes, rendering. Nothing runs. */

const settings = (changes: Record<string, unknown> = {}) =>
  productionSettings({ deployment: "green", ...changes });

describe("the cluster's objects in the production stack", () => {
  let first: EmulatorRun;
  beforeAll(async () => {
    first = await evaluatedUp("production", settings());
  });

  async function changesWith(changed: Record<string, unknown>): Promise<string[]> {
    const run = await evaluatedUp("production", settings(changed), { prior: first.stored });
    return run.changes
      .filter(({ op }) => op !== "same")
      .map(({ op, name, properties }) => [op, name, ...properties].join(" "))
      .sort();
  }

  /** Logical names of what a resource waits for. */
  function waitsFor(name: string): string[] {
    const found = first.resources.filter((resource) => resource.name === name);
    if (found.length !== 1) throw new Error(`${found.length} resources ${name}`);
    return found[0]!.dependencies.map((urn) => urn.split("::").at(-1) ?? "").sort();
  }

  it("do not change in a second run", async () => {
    expect(await changesWith({})).toEqual([]);
  });

  it("change by the Deployment's image alone when another image is released", async () => {
    const image = { digest: PRODUCTION.image.digest.replace(/a{64}$/, "b".repeat(64)) };
    expect(await changesWith({ image })).toEqual([
      "update scoring-stable spec.template.spec.containers",
    ]);
  });

  it("send requests to pods only after these, and start pods only after what guards them", () => {
    expect(waitsFor("scoring-route")).toEqual(
      expect.arrayContaining(["scoring-gateway", "scoring-stable", "scoring-stable-service"]),
    );
    expect(waitsFor("scoring-stable")).toEqual(
      expect.arrayContaining([
        "scoring-default-deny",
        "scoring-from-gateway",
        "scoring-limit-range",
        "scoring-namespace",
        "scoring-quota",
        "scoring-service-account",
        "scoring-to-dns",
      ]),
    );
    expect(waitsFor("scoring-stable-service")).toContain("scoring-stable");
    expect(waitsFor("scoring-stable")).not.toContain("scoring-stable-service");
  });

  it("are the same resources in a preview where everything is unknown", async () => {
    const preview = await evaluatedPreview("production", settings());
    const objects = ({ resources }: Pick<EmulatorRun, "resources">) =>
      resources.flatMap(({ type, urn }) => (type.startsWith("kubernetes:") ? [urn] : [])).sort();
    expect(objects(preview)).toHaveLength(17);
    expect(objects(preview)).toEqual(objects(first));
  });

  it("are rendered as manifests, and are not in the ARM template", () => {
    const graph = graphOf(first);
    expect(Object.keys(manifests(graph))).toHaveLength(17);
    const inAzure = graph.filter(({ created }) => isAzureResource(created.token));
    const template = JSON.stringify(armTemplate(inAzure, first.tenantId));
    expect(template).not.toContain("kubernetes:");
    expect(template).not.toContain("HTTPRoute");
    expect(graph.length - inAzure.length).toBe(18);
  });

  it("are reached without a secret", () => {
    const provider = first.resources.find(({ type }) => type === "pulumi:providers:kubernetes");
    expect(Object.keys(provider?.inputs ?? {}).sort()).toEqual([
      "clusterIdentifier",
      "enableServerSideApply",
      "kubeconfig",
    ]);
    expect(String(provider?.inputs["kubeconfig"])).not.toMatch(/client-key|token:|password/);
  });
});
