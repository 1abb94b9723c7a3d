/** The counters of the test cluster's gateway, and a Prometheus of this machine that reads them. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { freePort } from "../../httpServer";
import { eventually, get, kubectl, list } from "./cluster";

const BUCKETS = "0.005,0.01,0.02,0.03,0.04,0.06,0.08,0.1,0.15,0.2,0.3,0.5,1,2,5";

/** Counters with finer buckets than Traefik's own. */
export function exportMetrics(): void {
  const { spec } = get("deployment", "traefik", "-n", "traefik");
  const { containers } = (spec?.["template"] as { spec: { containers: { args: string[] }[] } })
    .spec;
  const wanted = ["--metrics.prometheus=true", `--metrics.prometheus.buckets=${BUCKETS}`];
  const missing = wanted.filter((arg) => containers[0]?.args.includes(arg) !== true);
  const patch = missing.map((value) => ({
    op: "add",
    path: "/spec/template/spec/containers/0/args/-",
    value,
  }));
  if (patch.length > 0) {
    kubectl([
      "patch",
      "deployment",
      "traefik",
      "-n",
      "traefik",
      "--type=json",
      "-p",
      JSON.stringify(patch),
    ]);
  }
  rolledOut("traefik", "traefik");
}

export function rolledOut(deployment: string, namespace: string): void {
  kubectl(["rollout", "status", `deployment/${deployment}`, "-n", namespace, "--timeout=300s"]);
}

/** @returns its port */
export async function startPrometheus(
  folder: string,
  onStart: (process: ChildProcess) => void,
): Promise<number> {
  const port = await freePort();
  const targets = list("pods", "-n", "traefik", "-l", "app=traefik")
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ status }) => `${String(status?.["podIP"])}:8081`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "prometheus.yml"),
    stringify({
      global: { scrape_interval: "1s", scrape_timeout: "1s" },
      scrape_configs: [{ job_name: "gateway", static_configs: [{ targets }] }],
    }),
  );
  const prometheus = spawn(
    "prometheus",
    [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: "ignore" },
  );
  onStart(prometheus);
  await eventually("Prometheus", 120, () =>
    fetch(`http://127.0.0.1:${port}/-/ready`).then(
      ({ ok }) => (ok ? true : undefined),
      () => undefined,
    ),
  );
  return port;
}
