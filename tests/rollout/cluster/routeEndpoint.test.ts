import { describe, expect, it } from "@jest/globals";
import { UserError } from "../../../errors";
import { routeEndpoint } from "../../../rollout/cluster/routeEndpoint";
import { ENDPOINT, FakeCluster } from "./fakeCluster";

const FAST = { retryDelayMs: 1, attempts: 3 };

/** Gives the canary a share, and has no rollout after it. */
const give = (canary: number, tag?: string) => () => ({
  split: { traffic: { stable: 100 - canary, canary }, mirrorTraffic: {} },
  tags: { "mlscore-rollout": tag },
});

function endpointOf(cluster: FakeCluster) {
  return routeEndpoint(cluster.api, ENDPOINT, FAST);
}

describe("the route as what divides requests", () => {
  it("is read with its weights, its marker and whether pods are there", async () => {
    const cluster = new FakeCluster(80, 20);
    cluster.pods.canary = [0, 2];
    cluster.edit("x", ({ metadata }) => {
      metadata.annotations = { ...metadata.annotations, "mlscore/rollout": "canary 1" };
    });
    expect(await endpointOf(cluster).read()).toEqual({
      tags: { "mlscore-rollout": "canary 1" },
      split: { traffic: { stable: 80, canary: 20 }, mirrorTraffic: {} },
      deployments: [
        {
          name: "stable",
          provisioningState: "Succeeded",
          instanceCount: 3,
          detail: "has 3 of 3 pods available",
          image: "r.example/stable",
        },
        {
          name: "canary",
          provisioningState: "Failed",
          instanceCount: 2,
          detail: "has 0 of 2 pods available",
          image: "r.example/canary",
        },
      ],
    });
  });

  it("reads weights of any sum as percents, and one that is left out as 1", async () => {
    const cluster = new FakeCluster(3, 1);
    expect((await endpointOf(cluster).read())?.split.traffic).toEqual({ stable: 75, canary: 25 });
    cluster.edit("x", ({ spec }) => {
      for (const backend of spec.rules?.[0]?.backendRefs ?? []) delete backend.weight;
    });
    expect((await endpointOf(cluster).read())?.split.traffic).toEqual({ stable: 50, canary: 50 });
  });

  it("is written under a manager of its own, with nothing but weights and marker changed", async () => {
    const cluster = new FakeCluster();
    const before = structuredClone(cluster.route);
    const live = await endpointOf(cluster).write(give(10, "canary 1"));
    expect(live.split.traffic).toEqual({ stable: 90, canary: 10 });
    expect(cluster.writes).toEqual(["mlscore-rollout"]);
    expect(cluster.managers()).toContain("mlscore-rollout");
    expect(cluster.route.metadata.annotations).toEqual({
      owner: "tests",
      "mlscore/rollout": "canary 1",
    });
    expect(cluster.weights()).toEqual([90, 10]);
    cluster.setWeights("x", 100, 0);
    expect(cluster.route.spec).toEqual(before.spec);
  });

  it("gives up what it owns with the marker, and leaves the weights", async () => {
    const cluster = new FakeCluster();
    await endpointOf(cluster).write(give(10, "canary 1"));
    await endpointOf(cluster).write(give(100));
    expect(cluster.weights()).toEqual([0, 100]);
    expect(cluster.route.metadata.annotations).toEqual({ owner: "tests" });
    expect(cluster.managers()).toEqual(["pulumi-kubernetes-1"]);
  });

  it("gives it up too when an earlier end was killed before that", async () => {
    const cluster = new FakeCluster();
    await endpointOf(cluster).write(give(10, "canary 1"));
    cluster.beforeWrite = () => {
      if (cluster.weights()[1] === 100) throw new Error("killed");
    };
    await expect(endpointOf(cluster).write(give(100))).rejects.toThrow("killed");
    expect(cluster.managers()).toContain("mlscore-rollout");
    cluster.beforeWrite = () => undefined;
    await endpointOf(cluster).write(give(100));
    expect(cluster.managers()).toEqual(["pulumi-kubernetes-1"]);
  });

  it("decides anew when somebody else wrote in between, and overwrites nothing silently", async () => {
    const cluster = new FakeCluster();
    const seen: unknown[] = [];
    let writes = 0;
    cluster.beforeWrite = () => {
      if ((writes += 1) === 1) cluster.setWeights("somebody", 50, 50);
    };
    await endpointOf(cluster).write((live) => {
      seen.push(live.split.traffic);
      return give(10, "canary 1")();
    });
    expect(seen).toEqual([
      { stable: 100, canary: 0 },
      { stable: 50, canary: 50 },
    ]);
  });

  it("ends when others write all the time", async () => {
    const cluster = new FakeCluster();
    let weight = 1;
    cluster.beforeWrite = () => {
      cluster.setWeights("somebody", 100 - weight, weight);
      weight += 1;
    };
    const fault: unknown = await endpointOf(cluster)
      .write(give(10))
      .catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(UserError);
    expect((fault as Error).message).toContain("managedFields");
  });

  it.each([
    ["silent", "has not taken it over yet"],
    ["refused", "ResolvedRefs is False: BackendNotFound no Service"],
  ] as const)(
    "is written only when the gateway has taken it over: %s",
    async (verdict, message) => {
      const cluster = new FakeCluster();
      cluster.verdict = verdict;
      await expect(endpointOf(cluster).write(give(10, "canary 1"))).rejects.toThrow(message);
      cluster.verdict = "taken";
      // The next command finds its split, and waits for the gateway again.
      cluster.edit("gateway", () => undefined);
      await endpointOf(cluster).write(give(10, "canary 1"));
      expect(cluster.writes.filter((manager) => manager === "mlscore-rollout")).toHaveLength(1);
    },
  );

  it.each(["stable", "canary"] as const)("sends nothing to %s without a pod", async (track) => {
    const cluster = new FakeCluster();
    cluster.pods[track] = [0, 2];
    await expect(endpointOf(cluster).write(give(10))).rejects.toThrow(
      `requests cannot go to ${track}: scoring-${track} has 0 of 2 pods available`,
    );
    expect(cluster.writes).toEqual([]);
  });

  it("refuses a route that has another form than the declared one", async () => {
    for (const change of [
      (rules: object[]) => rules.push({ backendRefs: [{ name: "scoring-stable" }] }),
      (rules: { backendRefs?: object[] | undefined }[]) =>
        rules[0]?.backendRefs?.push({ name: "debug" }),
      (rules: object[]) => rules.splice(0),
    ]) {
      const cluster = new FakeCluster();
      cluster.edit("somebody", ({ spec }) => change(spec.rules ?? []));
      await expect(endpointOf(cluster).read()).rejects.toThrow("must have one rule");
    }
  });
});
