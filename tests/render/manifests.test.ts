import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { manifests } from "../../render/manifests";
import { CANARY, scoringGraph } from "../scoringObjects";
import { sandboxRun } from "../stacks";
import { graphOf, type GraphResource } from "../../graph/graph";

/** Files of the rendering. That an API server takes them is tests/cluster's proof. */

function graphOfObject(type: string, inputs: Record<string, unknown>): GraphResource {
  const declared = { type, inputs } as unknown as GraphResource["declared"];
  return { declared, created: { token: type, id: "", inputs, outputs: {} } };
}

describe("manifests", () => {
  it("are numbered so that what others need comes first", async () => {
    expect(Object.keys(manifests(await scoringGraph({ canary: CANARY })))).toEqual([
      "01-namespace-flood.yaml",
      "02-namespace-flood-gateway.yaml",
      "03-resourcequota-scoring.yaml",
      "04-limitrange-scoring.yaml",
      "05-networkpolicy-default-deny.yaml",
      "06-networkpolicy-from-gateway.yaml",
      "07-networkpolicy-to-dns.yaml",
      "08-networkpolicy-default-deny.yaml",
      "09-networkpolicy-gateway.yaml",
      "10-configmap-ama-metrics-prometheus-config.yaml",
      "11-serviceaccount-scoring.yaml",
      "12-poddisruptionbudget-scoring.yaml",
      "13-deployment-scoring-canary.yaml",
      "14-deployment-scoring-stable.yaml",
      "15-service-scoring-canary.yaml",
      "16-service-scoring-stable.yaml",
      "17-horizontalpodautoscaler-scoring-stable.yaml",
      "18-gateway-gateway.yaml",
      "19-httproute-scoring.yaml",
    ]);
  });

  it("are the same in every run, whatever the order of registration", async () => {
    const graph = await scoringGraph();
    expect(manifests([...graph].reverse())).toEqual(manifests(graph));
    expect(manifests(await scoringGraph())).toEqual(manifests(graph));
  });

  it("hold what was declared, without what only Pulumi reads", async () => {
    const graph = await scoringGraph();
    const files = manifests(graph);
    const gateway = graph.find(({ declared }) => declared.type.endsWith(":Gateway"));
    const annotations = (gateway?.created.inputs["metadata"] as Record<string, unknown>)[
      "annotations"
    ];
    expect(annotations).toEqual({ "pulumi.com/waitFor": "condition=Programmed" });
    expect(Object.values(files).join()).not.toContain("pulumi.com/");
    const deployment = graph.find(({ declared }) => declared.type.endsWith(":Deployment"));
    const file = Object.entries(files).find(([name]) => name.includes("-deployment-"));
    expect(parse(file?.[1] ?? "")).toEqual(deployment?.created.inputs);
  });

  it("are none for a stack without a cluster", async () => {
    expect(manifests(graphOf(await sandboxRun()))).toEqual({});
  });

  it("refuse a kind whose place is not known rather than put it last", () => {
    const job = graphOfObject("kubernetes:batch/v1:Job", {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "one" },
    });
    expect(() => manifests([job])).toThrow("does not know where Job comes");
  });
});
