import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { kubectlApi, serverOf, ChangedMeanwhile } from "../../../rollout/cluster/kubernetes";
import { routeEndpoint, routePath } from "../../../rollout/cluster/routeEndpoint";
import { skipLoudly } from "../../cluster/cluster";
import { ENDPOINT, FakeCluster } from "./fakeCluster";

const missing =
  spawnSync("kubectl", ["version", "--client"]).error === undefined
    ? undefined
    : "there is no kubectl on the PATH";
const suite = skipLoudly("tests/rollout/cluster/kubectl", missing) ? describe.skip : describe;

suite("kubectl between a rollout and the API server", () => {
  const folder = mkdtempSync(join(tmpdir(), "kubectl-"));
  const kubeconfig = join(folder, "config");
  const cluster = new FakeCluster();
  let url = "";
  const api = kubectlApi({ kubeconfig, context: "fake" });

  beforeAll(async () => {
    url = await cluster.listen();
    const config = {
      clusters: [{ name: "c", cluster: { server: url } }],
      users: [{ name: "u", user: {} }],
      contexts: [{ name: "fake", context: { cluster: "c", user: "u" } }],
    };
    writeFileSync(kubeconfig, JSON.stringify({ apiVersion: "v1", kind: "Config", ...config }));
  });
  afterAll(() => {
    cluster.close();
    rmSync(folder, { recursive: true });
  });

  it("names the server of the context", async () => {
    expect(await serverOf({ kubeconfig, context: "fake" })).toBe(url);
    await expect(serverOf({ kubeconfig, context: "other" })).rejects.toThrow("other");
  });

  it("reads an object, and tells that there is none", async () => {
    expect(await api.get(routePath(ENDPOINT))).toEqual(cluster.route);
    expect(await api.get(routePath("other"))).toBeUndefined();
  });

  it("replaces an object under the manager, and tells that it is another one by now", async () => {
    const read = await api.get(routePath(ENDPOINT));
    await api.put(routePath(ENDPOINT), read, "mlscore-rollout");
    expect(cluster.writes).toEqual(["mlscore-rollout"]);
    await expect(api.put(routePath(ENDPOINT), read, "mlscore-rollout")).rejects.toThrow(
      ChangedMeanwhile,
    );
  });

  it("carries a whole write", async () => {
    const live = await routeEndpoint(api, ENDPOINT).write(() => ({
      split: { traffic: { stable: 95, canary: 5 }, mirrorTraffic: {} },
      tags: { "mlscore-rollout": "canary 1" },
    }));
    expect(live.split.traffic).toEqual({ stable: 95, canary: 5 });
    expect(cluster.weights()).toEqual([95, 5]);
  });

  it("tells what the server refuses, and that none answers", async () => {
    await expect(api.put("/other", {}, "x")).rejects.toThrow(
      "the cluster refused or did not answer: Error from server (NotFound)",
    );
    const gone = { kubeconfig: join(folder, "missing") };
    await expect(kubectlApi(gone).get("/")).rejects.toThrow(
      "the cluster refused or did not answer",
    );
  });
});
