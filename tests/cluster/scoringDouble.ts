/** A scoring server whose faults are chosen, without an image to build. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { list } from "./cluster";

export const ENDPOINT = "flash-flood-predictor";
/** Digests of the releases: names for one image, which runs a script of the node's own. */
export const OLD = `double@sha256:${"a".repeat(64)}`;
export const NEW = `double@sha256:${"b".repeat(64)}`;
/** One that nobody declared. */
export const OTHER = `double@sha256:${"c".repeat(64)}`;
const REGISTRY = "localhost:5000";
const CTR = [
  "--address",
  join(process.env["CLUSTER_HOME"] ?? "/tmp/cluster", "run/containerd.sock"),
  ...["-n", "k8s.io", "images"],
];

export function hasImages(): boolean {
  return spawnSync("ctr", [...CTR, "ls", "-q"]).status === 0;
}

/** Answers in 20 ms, unless its variables say otherwise; counts requests through a proxy apart from those without. */
const SERVER = `
const errors = Number(process.env.ERRORS ?? 0);
const counts = { live: 0, named: 0 };
let count = 0;
require("node:http").createServer((request, response) => {
  request.resume();
  if (request.method === "GET") {
    response.writeHead(process.env.READY === "never" ? 503 : 200).end(JSON.stringify(counts));
    return;
  }
  count += 1;
  counts[request.headers["x-forwarded-for"] === undefined ? "named" : "live"] += 1;
  const status = errors > 0 && count % Math.round(100 / errors) === 0 ? 500 : 200;
  setTimeout(() => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ predictions: [Number(process.env.ANSWER ?? 1)] }));
  }, Number(process.env.MS ?? 20));
}).listen(5001);
`;

export type Fault = Readonly<Partial<Record<"ERRORS" | "MS" | "READY" | "ANSWER", string>>>;

/** POST requests that the pod of a track got since it runs: through the gateway, and by a caller that names the pod. */
export async function requestsTo(
  track: "stable" | "canary",
): Promise<{ readonly live: number; readonly named: number }> {
  const pods = list("pods", "-n", ENDPOINT, "-l", `mlscore/track=${track}`).filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined,
  );
  const [pod, ...others] = pods;
  if (pod === undefined || others.length > 0) throw new Error(`${track} has ${pods.length} pods`);
  const response = await fetch(`http://${String(pod.status?.["podIP"])}:5001/`);
  return (await response.json()) as { live: number; named: number };
}

/** The program's Deployment with another container: a script that the node's own Node.js runs. */
export function workload(track: "stable" | "canary", image: string, fault: Fault) {
  const labels = {
    "app.kubernetes.io/name": ENDPOINT,
    "app.kubernetes.io/component": "scoring",
    "mlscore/track": track,
  };
  const folders = ["/usr", "/lib", "/lib64"];
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: `scoring-${track}`, namespace: ENDPOINT },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 10,
          containers: [
            {
              name: "scoring",
              image: `${REGISTRY}/${image}`,
              imagePullPolicy: "Never",
              command: [process.execPath, "-e", SERVER],
              env: Object.entries(fault).map(([name, value]) => ({ name, value })),
              readinessProbe: { httpGet: { path: "/", port: 5001 }, periodSeconds: 1 },
              lifecycle: { preStop: { sleep: { seconds: 3 } } },
              volumeMounts: folders.map((path, index) => ({
                name: `f${index}`,
                mountPath: path,
                readOnly: true,
              })),
            },
          ],
          volumes: folders.map((path, index) => ({ name: `f${index}`, hostPath: { path } })),
        },
      },
    },
  };
}

export function tagImages(): void {
  const { stdout } = spawnSync("ctr", [...CTR, "ls", "-q"], { encoding: "utf8" });
  const pause = stdout.split("\n").find((name) => name.startsWith(`${REGISTRY}/pause:`));
  if (pause === undefined) throw new Error("the cluster has no image to run anything in");
  for (const image of [OLD, NEW, OTHER]) {
    spawnSync("ctr", [...CTR, "tag", "--force", pause, `${REGISTRY}/${image}`]);
  }
}
