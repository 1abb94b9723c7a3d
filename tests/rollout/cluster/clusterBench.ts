import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { declaredRoute, declareRoute, type Settings } from "../../../rollout/cluster/declaration";
import { routeEndpoint } from "../../../rollout/cluster/routeEndpoint";
import type { Context } from "../../../rollout/context";
import { both, GATE, metrics, Workbench } from "../harness";
import { ENDPOINT, FakeCluster } from "./fakeCluster";

export const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

export const OLD = `flood@${digest("a")}`;
export const NEW = `flood@${digest("b")}`;

/** A stack with a canary in a cluster, its settings and its record. */
export class ClusterBench extends Workbench {
  readonly cluster = new FakeCluster();
  checkCapacity: Context["checkCapacity"];
  declaredImage = () => Promise.resolve(this.settings().canary?.image);

  constructor() {
    super({ stable: 100, canary: 0 });
    this.cluster.images = { stable: `r.example/${OLD}`, canary: `r.example/${NEW}` };
    this.write("Pulumi.production.yaml", [
      "config:",
      "  # Who may change this: the team.",
      "  mlscore:image:",
      `    digest: ${OLD} # scanned`,
      "  mlscore:canary: # the next release",
      `    image: ${NEW}`,
      "    weight: 0",
      "    replicas: 1",
      "  mlscore:hostname: flood.example.internal # of callers",
    ]);
    const smoke = join(this.folder, "sample-request.json");
    this.plan = {
      steps: [
        { kind: "live", percent: 10, dwellSeconds: 600, gate: GATE },
        { kind: "live", percent: 100, dwellSeconds: 600, gate: GATE },
      ],
      confidence: 95,
      smoke,
    };
    this.window = (seconds) =>
      new Map(
        ["stable", "canary"].map((track) => [track, both(metrics(Math.floor(seconds)))] as const),
      );
  }

  settings(): Settings {
    const { config } = parse(this.read("Pulumi.production.yaml")) as {
      config: Record<string, Record<string, unknown> | undefined>;
    };
    const canary = config["mlscore:canary"];
    return {
      image: { kind: "digest", reference: String(config["mlscore:image"]?.["digest"]) },
      scale: { minReplicas: 3, maxReplicas: 12, targetCpuPercent: 60 },
      ...(canary === undefined
        ? {}
        : {
            canary: {
              image: String(canary["image"]),
              releaseId: "0".repeat(64),
              weight: Number(canary["weight"]),
              replicas: Number(canary["replicas"]),
            },
          }),
    };
  }

  override async context(): Promise<Context> {
    const file = join(this.folder, "Pulumi.production.yaml");
    const settings = this.settings();
    const real = this.cluster.api;
    const api = {
      get: (path: string) => real.get(path),
      put: async (path: string, body: unknown, manager: string) => {
        this.effect();
        const after = await real.put(path, body, manager);
        this.effect();
        return after;
      },
    };
    return {
      ...(await super.context()),
      endpoint: routeEndpoint(api, ENDPOINT, { retryDelayMs: 1, attempts: 3 }),
      declared: declaredRoute(settings, this.cluster.images, file),
      declare: (split) =>
        declareRoute(file, settings, split, () => Promise.resolve(this.settings())),
      declaredImage: () => this.declaredImage(),
      scaled: ["stable", "canary"],
      ...(this.checkCapacity === undefined ? {} : { checkCapacity: this.checkCapacity }),
    };
  }

  settingsText(): string {
    return readFileSync(join(this.folder, "Pulumi.production.yaml"), "utf8");
  }
}
