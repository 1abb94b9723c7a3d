import { describe, expect, it } from "@jest/globals";
import { PRODUCTION } from "../../stacks";
import { cluster, faults, load, problems } from "./harness";

/** Does not prove that pods fit beside what AKS itself runs on each node. */

const DIGEST = `@sha256:${"b".repeat(64)}`;
const { scoring } = PRODUCTION.cluster.userPools;

/** Warnings about the settings but the one about plain HTTP, which all of these get (an error makes them visible). */
async function warnings(changes: Record<string, unknown>): Promise<string[]> {
  const found = await problems({
    image: { digest: `gauge${DIGEST}` },
    logRetentionDays: "1",
    ...changes,
  });
  return found
    .filter(
      ({ severity, file, key }) =>
        severity === "warning" && file === "Pulumi.test.yaml" && key !== "plainHttp",
    )
    .map(({ key, message }) => `${key ?? ""}: ${message}`);
}

describe("the pool of the scoring pods", () => {
  const two = cluster({ userPools: { scoring, spare: scoring } });

  it("is the only one, or the one that is named", async () => {
    expect((await load()).scoringPool).toBe("scoring");
    expect(
      (await load({ ...two, scale: { ...PRODUCTION.scale, pool: "spare" } })).scoringPool,
    ).toBe("spare");
  });

  it.each([
    [
      undefined,
      "is missing; must name the user pool that runs the scoring pods, one of scoring, spare",
    ],
    [
      "system",
      'is "system"; must name the user pool that runs the scoring pods, one of scoring, spare',
    ],
    [
      "scorng",
      'is "scorng"; must name the user pool that runs the scoring pods, one of scoring, spare; did you mean "scoring"?',
    ],
  ])("is not %s where there are two", async (pool, message) => {
    expect(await faults({ ...two, scale: { ...PRODUCTION.scale, pool } })).toEqual([
      `scale.pool: ${message}`,
    ]);
  });

  it("has machines that a pod fits on", async () => {
    const resources = (cpuRequest: string) => ({ resources: { cpuRequest, cpuLimit: "8" } });
    expect(await faults(resources("3900m"))).toEqual([]);
    expect(await faults(resources("4"))).toEqual([
      'resources.cpuRequest: is "4", and a node of pool scoring (Standard_D4ds_v5) has 4 CPUs, not all of them for pods; no pod would ever start',
    ]);
    const old = cluster({ userPools: { scoring: { ...scoring, vmSize: "Standard_DS3_v2" } } });
    expect(await faults({ ...old, ...resources("4") })).toEqual([]);
  });

  it("is warned about where it cannot have all replicas", async () => {
    const resources = { cpuRequest: "2", cpuLimit: "2" };
    expect(await warnings({ resources, scale: { maxReplicas: 24 } })).toEqual([]);
    expect(await warnings({ resources, scale: { maxReplicas: 25 } })).toEqual([
      "scale.maxReplicas: is 25; so many pods request 50 CPUs, and pool scoring has 48 at its largest (maxCount 12)",
    ]);
  });
});

describe("images", () => {
  it("of another registry than the stack's are warned about", async () => {
    const { names } = await load();
    const canary = {
      image: `mcr.example.org/g@sha256:${"c".repeat(64)}`,
      releaseId: "d".repeat(64),
      weight: 5,
    };
    const digest = `${names.registry}.azurecr.io/gauge${DIGEST}`;
    expect(await warnings({ image: { digest }, canary })).toEqual([
      `canary.image: is in the registry mcr.example.org; nodes have the right to pull from this stack's ${names.registry}.azurecr.io alone, import it there (az acr import)`,
    ]);
    expect(await warnings({ image: { digest: `other.azurecr.io/gauge${DIGEST}` } })).toEqual([
      expect.stringMatching(/^image\.digest: is in the registry other\.azurecr\.io;/),
    ]);
  });
});

describe("the canary", () => {
  const other = `gauge@sha256:${"c".repeat(64)}`;
  const canary = { image: other, releaseId: "d".repeat(64), weight: 5 };
  const image = { digest: `gauge${DIGEST}` };

  it("is another image and another release", async () => {
    const { id } = (await load()).release;
    expect(await warnings({ canary })).toEqual([]);
    expect(await warnings({ canary: { ...canary, releaseId: id } })).toEqual([
      "canary.releaseId: is the release that runs already",
    ]);
    expect(
      await warnings({ canary: { ...canary, image: `gauge${DIGEST}`, releaseId: id } }),
    ).toEqual(["canary.image: is the image that runs already (image.digest)"]);
    expect(await faults({ image, canary: { ...canary, image: `gauge${DIGEST}` } })).toEqual([
      `canary.releaseId: is not the release of canary.image: that is image.digest, whose release is ${id}`,
    ]);
  });

  it("has replicas for half of the requests", async () => {
    expect(await warnings({ canary: { ...canary, weight: 49 } })).toEqual([]);
    expect(await warnings({ canary: { ...canary, weight: 50, replicas: 2 } })).toEqual([]);
    expect(await warnings({ canary: { ...canary, weight: 50 } })).toEqual([
      "canary.weight: is 50 percent of the requests for a single replica; set canary.replicas",
    ]);
  });
});
