import { parse, stringify } from "yaml";
import { manifests } from "../../render/manifests";
import type { ScoringServiceArgs } from "../../components/scoringService";
import { scoringGraph } from "../scoringObjects";
import { eventually, get, kubectl, list, type KubeObject } from "./cluster";

/** Labels that AKS puts on nodes; a test's node gets those it has not. */
const NODE_LABELS = {
  "kubernetes.azure.com/agentpool": "scoring",
  "topology.kubernetes.io/zone": "test-1",
};

/** The gateway controller of the test cluster, and the port that it listens on. */
const TEST_GATEWAY = { className: "traefik", port: 8000 };

/** The component's objects on the test cluster, under an endpoint name of their own. */
export class Deployed {
  private labelled: readonly { readonly node: string; readonly label: string }[] = [];

  private constructor(
    readonly endpointName: string,
    /** Files of `render/manifests.ts`, by name. */
    readonly files: Readonly<Record<string, string>>,
  ) {}

  /** Makes the namespaces, which even a dry run needs. */
  static async prepare(args: Partial<ScoringServiceArgs>): Promise<Deployed> {
    const endpointName = `mlscore-test-${process.pid}`;
    const files = manifests(await scoringGraph({ ...args, endpointName }));
    const deployed = new Deployed(endpointName, files);
    for (const [name, text] of Object.entries(files)) {
      if (name.includes("-namespace-")) kubectl(["apply", "--server-side", "-f", "-"], text);
    }
    return deployed;
  }

  /** Applies everything to a labelled node, with the gateway class of this cluster; waits until the pods are ready. */
  async apply(): Promise<void> {
    this.labelled = labelNode();
    for (const text of Object.values(this.files)) {
      kubectl(["apply", "--server-side", "-f", "-"], forTestGateway(text));
    }
    for (const name of this.deployments()) await this.rollout(name);
  }

  async rollout(deployment: string): Promise<void> {
    kubectl(["rollout", "status", `deployment/${deployment}`, "--timeout=300s", ...this.in()]);
    // kube-proxy follows a moment later.
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }

  /**
   * At least so many pods: after a first rollout there is one, until the autoscaler asks for its minimum, and what pods
   * take to start may make it ask for more.
   */
  async readyPods(track: string, count: number): Promise<KubeObject[]> {
    return eventually(`${count} ready pods`, 180, () => {
      const ready = this.pods(track).filter(isReady);
      return ready.length >= count ? ready : undefined;
    });
  }

  pods(track: string): KubeObject[] {
    return list("pods", "-l", `mlscore/track=${track}`, ...this.in());
  }

  deployments(): string[] {
    return list("deployments", ...this.in()).map(({ metadata }) => metadata.name);
  }

  /** Address of a Service inside the cluster; a node reaches it. */
  clusterIp(service: string, namespace = this.endpointName): string {
    return String(get("service", service, "-n", namespace).spec?.["clusterIP"]);
  }

  in(): string[] {
    return ["-n", this.endpointName];
  }

  remove(): void {
    const namespaces = [this.endpointName, `${this.endpointName}-gateway`];
    kubectl(["delete", "namespace", "--ignore-not-found", "--timeout=180s", ...namespaces]);
    for (const { node, label } of this.labelled) kubectl(["label", "node", node, `${label}-`]);
  }
}

function isReady({ metadata, status }: KubeObject): boolean {
  const conditions = (status?.["conditions"] ?? []) as { type: string; status: string }[];
  return (
    metadata.deletionTimestamp === undefined &&
    conditions.some((one) => one.type === "Ready" && one.status === "True")
  );
}

/** @returns what has to be taken away again */
function labelNode(): { node: string; label: string }[] {
  const [node] = list("nodes");
  if (node === undefined) throw new Error("the cluster has no node");
  const missing = Object.entries(NODE_LABELS).filter(([key, value]) => {
    const there = node.metadata.labels?.[key];
    if (there !== undefined && key === "kubernetes.azure.com/agentpool" && there !== value)
      throw new Error(`${node.metadata.name} belongs to the node pool ${there}`);
    return there === undefined;
  });
  for (const [key, value] of missing) {
    kubectl(["label", "node", node.metadata.name, `${key}=${value}`]);
  }
  return missing.map(([label]) => ({ node: node.metadata.name, label }));
}

function forTestGateway(text: string): string {
  const object = parse(text) as { kind: string; spec: Record<string, unknown> };
  if (object.kind !== "Gateway") return text;
  const listeners = object.spec["listeners"] as object[];
  return stringify({
    ...object,
    spec: {
      ...object.spec,
      gatewayClassName: TEST_GATEWAY.className,
      listeners: listeners.map((one) => ({ ...one, port: TEST_GATEWAY.port })),
    },
  });
}
