/** Two tracks of a scoring service whose faults are chosen, a gateway with counters, a Prometheus, and a project with settings. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { manifests } from "../../render/manifests";
import { CANARY, scoringGraph } from "../scoringObjects";
import { get, kubectl, tryKubectl, whyNoCluster, whyNoNode } from "./cluster";
import { exportMetrics, rolledOut, startPrometheus } from "./gatewayPrometheus";
import { ENDPOINT, hasImages, NEW, OLD, tagImages, workload, type Fault } from "./scoringDouble";

const PROJECT = join(__dirname, "..", "..");
export const HOST = "flood.insight.internal";
/** Requests to send by name, below the project. */
export const SAMPLES = { folder: "samples", count: 60 };
const GATE = { minRequests: 20, maxErrorPercent: 1, maxP95Ratio: 1.5, passWhen: "noBreach" };
export const STEPS = [10, 50, 100].map((percent) => ({
  percent,
  dwellSeconds: percent === 50 ? 20 : 4,
  gate: GATE,
}));
/** Why the tests cannot run here. */
export function whyNoCanaries(): string | undefined {
  const why = whyNoCluster() ?? whyNoNode();
  if (why !== undefined) return why;
  if (tryKubectl(["get", "deployment", "traefik", "-n", "traefik"]).status !== 0) {
    return "the cluster has no Traefik (cluster.sh addon traefik)";
  }
  if (spawnSync("prometheus", ["--version"]).error !== undefined) return "there is no prometheus";
  return hasImages() ? undefined : "there is no ctr for its images";
}

export class Canaries {
  /** A copy of the project with settings of its own. */
  readonly project = mkdtempSync(join(tmpdir(), "cluster-rollout-"));
  private prometheus: ChildProcess | undefined;
  private declared: Record<string, unknown>[] = [];

  async prepare(): Promise<void> {
    tagImages();
    const files = manifests(
      await scoringGraph({
        endpointName: ENDPOINT,
        hostname: HOST,
        canary: { ...CANARY, replicas: 1, weight: 0 },
      }),
    );
    const kinds = ["Namespace", "Gateway", "HTTPRoute", "Service", "PodDisruptionBudget"];
    this.declared = Object.values(files)
      .map((text) => parse(text) as Record<string, unknown>)
      .filter(({ kind }) => kinds.includes(String(kind)))
      .toSorted((a, b) => kinds.indexOf(String(a["kind"])) - kinds.indexOf(String(b["kind"])))
      .map(forTestCluster);
    for (const object of this.declared) this.applyAs("pulumi-test", object);
    this.deploy("stable", OLD, {});
    this.deploy("canary", NEW, {});
    for (const track of ["stable", "canary"]) rolledOut(`scoring-${track}`, ENDPOINT);
    exportMetrics();
    const port = await startPrometheus(join(this.project, "prometheus"), (started) => {
      this.prometheus = started;
    });
    this.copyProject(`http://127.0.0.1:${port}`);
    this.reset();
  }

  route(): Record<string, unknown> {
    const found = this.declared.find(({ kind }) => kind === "HTTPRoute");
    if (found === undefined) throw new Error("no route is declared");
    return structuredClone(found);
  }

  /** As another who applies on the server; returns what the API server says. */
  tryApplyAs(manager: string, object: unknown) {
    const args = ["apply", "--server-side", `--field-manager=${manager}`, "-f", "-"];
    return tryKubectl(args, stringify(object));
  }

  applyAs(manager: string, object: unknown): void {
    const done = this.tryApplyAs(manager, object);
    if (done.status !== 0) throw new Error(done.stderr);
  }

  deploy(track: "stable" | "canary", image: string, fault: Fault): void {
    kubectl(["apply", "-f", "-"], stringify(workload(track, image, fault)));
  }

  /** The canary with a fault, ready; one that never gets ready is not waited for. */
  canary(fault: Fault): void {
    this.deploy("canary", NEW, fault);
    if (fault.READY !== "never") rolledOut("scoring-canary", ENDPOINT);
  }

  /** Takes the canary's pods away, and wants one again. */
  scaleCanary(): void {
    for (const replicas of [0, 1]) {
      kubectl(["scale", "deployment/scoring-canary", `--replicas=${replicas}`, "-n", ENDPOINT]);
    }
  }

  weights(): (number | undefined)[] {
    const { spec } = get("httproute", "scoring", "-n", ENDPOINT);
    const [rule] = spec?.["rules"] as { backendRefs: { weight?: number }[] }[];
    return rule?.backendRefs.map(({ weight }) => weight) ?? [];
  }

  managers(): string {
    return kubectl([
      "get",
      "httproute",
      "scoring",
      "-n",
      ENDPOINT,
      "--show-managed-fields",
      "-o",
      "json",
    ]);
  }

  /** Whether neither the route's fields nor its marker are a rollout's. */
  isReleased(): boolean {
    return !/"mlscore-rollout"|mlscore\/rollout/.test(this.managers());
  }

  settingsText(): string {
    return readFileSync(join(this.project, "Pulumi.production.yaml"), "utf8");
  }

  /** Settings and record as before any rollout. @param plan what differs from a plan of 10, 50 and 100 percent */
  reset(plan: Readonly<Record<string, unknown>> = {}): void {
    const config = { ...this.config, "mlscore:rollout": { ...this.plan, ...plan } };
    writeFileSync(join(this.project, "Pulumi.production.yaml"), stringify({ config }));
    rmSync(join(this.project, "rollouts"), { recursive: true, force: true });
    this.applyAs("pulumi-test", this.route());
  }

  recordPath(): string {
    return join(this.project, "rollouts", "production.jsonl");
  }

  lockPath(): string {
    return join(this.project, "state", "production", "rollout-cluster.lock");
  }

  /** A command of the tool in a process of its own. */
  rollout(...args: string[]): ChildProcess {
    const options = ["--import", "tsx", "--import", "./review/lazyModules.mjs", "rollout/cli.ts"];
    return spawn(process.execPath, [...options, ...args, "--stack", "production"], {
      cwd: this.project,
      env: { ...process.env, MLSCORE_STATE: join(this.project, "state"), NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  remove(): void {
    this.prometheus?.kill("SIGKILL");
    rmSync(this.project, { recursive: true, force: true });
    kubectl(["delete", "namespace", "--ignore-not-found", ENDPOINT, `${ENDPOINT}-gateway`]);
  }

  private config: Record<string, unknown> = {};
  private plan: Record<string, unknown> = {};

  private copyProject(prometheus: string): void {
    const { stdout } = spawnSync("git", ["ls-files"], { cwd: PROJECT, encoding: "utf8" });
    for (const file of stdout
      .split("\n")
      .filter((name) => name !== "" && !/^(?:docs|tests)\//.test(name))) {
      mkdirSync(dirname(join(this.project, file)), { recursive: true });
      cpSync(join(PROJECT, file), join(this.project, file));
    }
    symlinkSync(join(PROJECT, "node_modules"), join(this.project, "node_modules"));
    const text = readFileSync(join(PROJECT, "Pulumi.production.yaml"), "utf8");
    const { config } = parse(text) as { config: Record<string, unknown> };
    config["mlscore:image"] = { digest: OLD };
    config["mlscore:canary"] = { image: NEW, releaseId: "d".repeat(64), weight: 0 };
    this.config = config;
    this.plan = { prometheus, steps: STEPS };
    const samples = join(this.project, SAMPLES.folder);
    mkdirSync(samples);
    for (let sample = 0; sample < SAMPLES.count; sample += 1) {
      writeFileSync(
        join(samples, `${String(sample).padStart(3, "0")}.json`),
        `{"sample": ${sample}}`,
      );
    }
  }
}

function forTestCluster(object: Record<string, unknown>): Record<string, unknown> {
  const { kind, metadata, spec } = object as {
    kind: string;
    metadata: Record<string, unknown>;
    spec?: Record<string, unknown>;
  };
  // Pods of this test have folders of the node, which the standards of the real namespaces refuse.
  if (kind === "Namespace") return { ...object, metadata: { name: metadata["name"] } };
  if (kind !== "Gateway") return object;
  const listeners = spec?.["listeners"] as object[];
  return {
    ...object,
    spec: {
      ...spec,
      gatewayClassName: "traefik",
      listeners: listeners.map((one) => ({ ...one, port: 8000 })),
    },
  };
}
