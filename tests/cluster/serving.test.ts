import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readDeploymentFile } from "../../config/azureml/deployment";
import { scoringPython } from "../python";
import { CANARY, RELEASE, SCORING } from "../scoringObjects";
import { eventually, get, kubectl, skipLoudly, whyNoCluster, whyNoNode } from "./cluster";
import { Deployed } from "./deployed";
import { Load, post, type LoadOptions, type LoadResult } from "./load";
import { scoringImage, whyNoImage } from "./scoringImage";

/**
 * The rendered objects with the real scoring image on a real Kubernetes, under load. One node, Traefik for Azure's
 * gateway, and a network that enforces no policies: it proves neither spread, nor Azure's gateway, nor the policies.
 */

const SCORING_FOLDER = join(__dirname, "..", "..", "scoring");
const YAML = join(SCORING_FOLDER, "flash-flood-predictor", "multi-model.yml");
const SAMPLE = readFileSync(
  join(SCORING_FOLDER, "flash-flood-predictor", "sample-request.json"),
  "utf8",
);
const PER_SECOND = 20;
const skipped = skipLoudly("tests/cluster, serving", whyNoCluster() ?? whyNoNode() ?? whyNoImage());

(skipped ? describe.skip : describe)("the scoring service on a Kubernetes cluster", () => {
  let deployed: Deployed;
  let load: Omit<LoadOptions, "perSecond">;
  let gatewayLoad: Omit<LoadOptions, "perSecond">;

  /** Sends requests while something happens, and for a while around it. */
  async function under(
    options: Omit<LoadOptions, "perSecond">,
    seconds: number,
    happens: () => Promise<void>,
  ): Promise<LoadResult> {
    const running = new Load({ ...options, perSecond: PER_SECOND });
    const wait = (milliseconds: number) =>
      new Promise((resolve) => setTimeout(resolve, milliseconds));
    const end = Date.now() + seconds * 1000;
    await wait(3000);
    await happens();
    await wait(Math.max(3000, end - Date.now()));
    return running.stop();
  }

  /** A new pod template, as every release brings one. */
  async function release(deployment: string, name: string): Promise<void> {
    const template = { metadata: { annotations: { "mlscore/test-release": name } } };
    kubectl([
      "patch",
      "deployment",
      deployment,
      ...deployed.in(),
      "-p",
      JSON.stringify({ spec: { template } }),
    ]);
    await deployed.rollout(deployment);
  }

  beforeAll(async () => {
    const { value: deployment, problems } = await readDeploymentFile(YAML, {
      endpointName: "flash-flood-predictor",
    });
    if (deployment === undefined) throw new Error(JSON.stringify(problems));
    const image = scoringImage();
    deployed = await Deployed.prepare({
      deployment,
      image,
      // The same image: pods refuse to run another release than theirs.
      canary: { ...CANARY, image, releaseId: RELEASE, replicas: 1, weight: 20 },
      scale: { ...SCORING.scale, minReplicas: 2, maxReplicas: 3 },
      // Small, for a node of two cores.
      resources: { cpuRequest: "100m", cpuLimit: "1", memory: "512Mi" },
    });
    await deployed.apply();
    await deployed.readyPods("stable", 2);
    const url = `http://${deployed.clusterIp("scoring-stable")}/score`;
    load = { url, body: SAMPLE };
    gatewayLoad = {
      url: `http://${deployed.clusterIp("traefik", "traefik")}/score`,
      body: SAMPLE,
      headers: { Host: SCORING.hostname },
    };
    await eventually("an answer of the gateway", 60, async () =>
      (await post(gatewayLoad)) === "200" ? true : undefined,
    );
  });
  afterAll(() => {
    deployed.remove();
  });

  it("keeps the scoring contract", () => {
    const done = spawnSync(scoringPython(), ["-m", "pytest", "-q", "--no-cov", "tests/contract"], {
      cwd: SCORING_FOLDER,
      encoding: "utf8",
      env: { ...process.env, SCORING_URI: load.url },
    });
    if (done.status !== 0) throw new Error(done.stdout);
    const summary = done.stdout.trim().split("\n").at(-1) ?? "";
    expect(summary).toMatch(/^\d{2,} passed/);
    expect(summary).not.toContain("skipped");
    report("contract", summary);
  });

  it("keeps it behind the gateway too, where the server's own paths are hidden", () => {
    const hidden = tryScore("/");
    expect(hidden).toBe("404");
    expect(tryScore("/swagger.json")).toBe("200");
  });

  /** Status of a GET through the gateway. */
  function tryScore(path: string): string {
    const url = new URL(path, gatewayLoad.url).href;
    const done = spawnSync(
      "curl",
      ["-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", `Host: ${SCORING.hostname}`, url],
      { encoding: "utf8" },
    );
    return done.stdout;
  }

  it("loses no request in a rolling update, over connections of their own", async () => {
    const before = deployed.pods("stable").map(({ metadata }) => metadata.name);
    const result = await under(load, 60, () => release("scoring-stable", "one"));
    report("rolling update, service", result);
    const after = (await deployed.readyPods("stable", 2)).map(({ metadata }) => metadata.name);
    expect(after.filter((name) => before.includes(name))).toEqual([]);
    expect(result.counts).toEqual({ "200": result.sent });
    expect(result.sent).toBeGreaterThanOrEqual(PER_SECOND * 60);
  });

  it("loses no request in a rolling update behind a gateway that keeps connections", async () => {
    kubectl(["scale", "deployment/scoring-canary", "--replicas=1", ...deployed.in()]);
    const result = await under({ ...gatewayLoad, keepAlive: true }, 60, async () => {
      await release("scoring-stable", "two");
      await release("scoring-canary", "two");
    });
    report("rolling update of both tracks, gateway", result);
    expect(result.counts).toEqual({ "200": result.sent });
  });

  it("loses at most what a pod held, and what was on its way, when it is killed", async () => {
    const running = await deployed.readyPods("stable", 2);
    const result = await under(load, 40, async () => {
      kubectl([
        "delete",
        "pod",
        running[0]!.metadata.name,
        "--grace-period=0",
        "--force",
        ...deployed.in(),
      ]);
      await deployed.readyPods("stable", running.length);
    });
    report("killed pod", result);
    const lost = result.sent - (result.counts["200"] ?? 0);
    // Two workers hold one request each; half of what comes in a second may be sent before kube-proxy knows.
    expect(lost).toBeLessThanOrEqual(2 + PER_SECOND / 2);
  });

  it("sees lost requests when all pods are killed at once, so that none lost means something", async () => {
    const result = await under(load, 20, async () => {
      const all = ["pods", "-l", "mlscore/track=stable", "--grace-period=0", "--force"];
      kubectl(["delete", ...all, ...deployed.in()]);
      await deployed.readyPods("stable", 2);
    });
    report("control: all pods killed", result);
    expect(result.counts["200"]).toBeLessThan(result.sent);
  });

  it("divides requests as the route says", async () => {
    // The canary is made to refuse the sample's four rows, so each answer tells who gave it.
    kubectl([
      "set",
      "env",
      "deployment/scoring-canary",
      "MAX_ROWS_PER_REQUEST=1",
      ...deployed.in(),
    ]);
    await deployed.rollout("scoring-canary");
    const count = 400;
    let canary = 0;
    for (let sent = 0; sent < count; sent += 1) {
      const status = await post(gatewayLoad);
      expect(["200", "400", "413", "422", "424"]).toContain(status);
      if (status !== "200") canary += 1;
    }
    report("share of the canary", `${canary} of ${count}`);
    // 20 % with four standard deviations of a fair coin; a weighted round robin is closer.
    const deviation = Math.sqrt(count * 0.2 * 0.8);
    expect(Math.abs(canary - count * 0.2)).toBeLessThanOrEqual(4 * deviation);
  });

  it("has an autoscaler that sees the pods' CPU", async () => {
    const metric = await eventually("metrics", 180, () => {
      const { status } = get("hpa", "scoring-stable", ...deployed.in());
      const [current] = (status?.["currentMetrics"] ?? []) as {
        resource?: { current: { averageUtilization?: number } };
      }[];
      return current?.resource?.current.averageUtilization;
    });
    const { spec } = get("hpa", "scoring-stable", ...deployed.in());
    report("autoscaler", `${metric} % of ${JSON.stringify(spec?.["metrics"])}`);
    expect(metric).toBeGreaterThan(0);
    expect(spec?.["metrics"]).toEqual([
      {
        type: "Resource",
        resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } },
      },
    ]);
  });

  it("starts no more pods than the namespace's share", async () => {
    kubectl(["scale", "deployment/scoring-canary", "--replicas=20", ...deployed.in()]);
    const message = await eventually("a refusal", 60, () => {
      const { status } = get("deployment", "scoring-canary", ...deployed.in());
      const conditions = (status?.["conditions"] ?? []) as { type: string; message: string }[];
      return conditions.find(({ type }) => type === "ReplicaFailure")?.message;
    });
    kubectl(["scale", "deployment/scoring-canary", "--replicas=1", ...deployed.in()]);
    expect(message).toContain("exceeded quota: scoring");
    expect(message).toContain("pods=8");
  });
});

function report(what: string, figures: unknown): void {
  process.stderr.write(`${what}: ${JSON.stringify(figures)}\n`);
}
