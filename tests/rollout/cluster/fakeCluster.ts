import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { ChangedMeanwhile, type KubernetesApi } from "../../../rollout/cluster/kubernetes";
import type { Route } from "../../../rollout/cluster/objects";
import { deploymentPath, routePath } from "../../../rollout/cluster/routeEndpoint";

/**
 * An API server's rules for one HTTPRoute and two Deployments: versions, generations and who owns `rules`. Does not prove what a
 * real one does with other fields; tests/cluster does.
 */

export const ENDPOINT = "flood";

/** As the program declares it, applied by Pulumi. */
function declaredRoute(stable: number, canary: number) {
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: {
      name: "scoring",
      namespace: ENDPOINT,
      generation: 1,
      resourceVersion: "1",
      annotations: { owner: "tests" },
      managedFields: [{ manager: "pulumi-kubernetes-1", operation: "Apply" }],
    },
    spec: {
      hostnames: ["flood.example.internal"],
      rules: [
        {
          matches: [{ path: { type: "Exact", value: "/score" } }],
          timeouts: { request: "5s" },
          backendRefs: [
            { name: "scoring-stable", port: 80, weight: stable },
            { name: "scoring-canary", port: 80, weight: canary },
          ],
        },
      ],
    },
    status: { parents: [] },
  };
}

export class FakeCluster {
  route: Route;
  /** Available pods, of how many. */
  pods = { stable: [3, 3], canary: [1, 1] } as Record<"stable" | "canary", [number, number]>;
  /** What each track runs. */
  images = { stable: "r.example/stable", canary: "r.example/canary" };
  /** Called before each write, for what somebody else does meanwhile. */
  beforeWrite: () => void = () => undefined;
  /** How the gateway answers to each version of the route. */
  verdict: "taken" | "refused" | "silent" = "taken";
  /** Managers of the writes that were done. */
  readonly writes: string[] = [];
  private server: Server | undefined;

  constructor(stable = 100, canary = 0) {
    this.route = declaredRoute(stable, canary);
    this.observe();
  }

  readonly api: KubernetesApi = {
    get: (path) => Promise.resolve(this.find(path)),
    put: (path, body, manager) => {
      if (path !== routePath(ENDPOINT)) throw new Error(`nobody writes ${path}`);
      this.beforeWrite();
      return this.replace(body as Route, manager)
        ? Promise.resolve(this.route)
        : Promise.reject(new ChangedMeanwhile());
    },
  };

  /** What somebody else writes. */
  edit(manager: string, change: (route: Route) => void): void {
    const route = structuredClone(this.route);
    change(route);
    this.replace(route, manager);
  }

  weights(): (number | undefined)[] {
    return (this.route.spec.rules?.[0]?.backendRefs ?? []).map(({ weight }) => weight);
  }

  setWeights(manager: string, stable: number, canary: number): void {
    this.edit(manager, ({ spec }) => {
      const [one, other] = spec.rules?.[0]?.backendRefs ?? [];
      if (one === undefined || other === undefined) throw new Error("no backends");
      one.weight = stable;
      other.weight = canary;
    });
  }

  managers(): (string | undefined)[] {
    return (this.route.metadata.managedFields ?? []).map(({ manager }) => manager);
  }

  /** The same over HTTP, on a port of its own. */
  async listen(): Promise<string> {
    this.server = createServer((request, response) => {
      const url = new URL(request.url ?? "/", "http://127.0.0.1");
      void text(request).then((body) => {
        const answer = (status: number, value: unknown) => {
          response.writeHead(status, { "content-type": "application/json" });
          response.end(JSON.stringify(value));
        };
        const refusal = (code: number, reason: string) => {
          answer(code, {
            kind: "Status",
            apiVersion: "v1",
            status: "Failure",
            code,
            reason,
            message: reason,
          });
        };
        const found = this.find(url.pathname);
        if (found === undefined) refusal(404, "NotFound");
        else if (request.method === "GET") answer(200, found);
        else if (request.method !== "PUT") refusal(405, "MethodNotAllowed");
        else if (
          this.replace(JSON.parse(body) as Route, url.searchParams.get("fieldManager") ?? "")
        ) {
          answer(200, this.route);
        } else refusal(409, "Conflict");
      });
    });
    await new Promise<void>((resolve) => this.server?.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  private find(path: string): unknown {
    if (path === routePath(ENDPOINT)) return structuredClone(this.route);
    for (const track of ["stable", "canary"] as const) {
      if (path === deploymentPath(ENDPOINT, track)) return this.deployment(track);
    }
    return undefined;
  }

  private deployment(track: "stable" | "canary") {
    const [available, replicas] = this.pods[track];
    return {
      metadata: { name: `scoring-${track}`, generation: 2 },
      spec: { replicas, template: { spec: { containers: [{ image: this.images[track] }] } } },
      status: {
        observedGeneration: 2,
        replicas,
        updatedReplicas: replicas,
        availableReplicas: available,
      },
    };
  }

  /** A manager that changes `rules` owns them; one that an object's new list leaves out owns nothing. */
  private replace(next: Route, manager: string): boolean {
    const { resourceVersion, generation } = this.route.metadata;
    if (next.metadata.resourceVersion !== resourceVersion) return false;
    const isChanged = JSON.stringify(next.spec) !== JSON.stringify(this.route.spec);
    const areOthers =
      JSON.stringify(next.metadata.annotations) !== JSON.stringify(this.route.metadata.annotations);
    const kept = next.metadata.managedFields ?? [];
    const isOwner = kept.some((one) => one.manager === manager);
    this.route = structuredClone(next);
    this.route.metadata = {
      ...this.route.metadata,
      resourceVersion: String(Number(resourceVersion) + 1),
      generation: generation + (isChanged ? 1 : 0),
      managedFields: (isChanged || areOthers) && !isOwner ? [...kept, { manager }] : kept,
    };
    this.writes.push(manager);
    this.observe();
    return true;
  }

  private observe(): void {
    const { generation } = this.route.metadata;
    const value = this.verdict === "refused" ? "False" : "True";
    if (this.verdict === "silent") return;
    const conditions = [
      { type: "Accepted", status: "True", observedGeneration: generation },
      {
        type: "ResolvedRefs",
        status: value,
        reason: "BackendNotFound",
        message: "no Service",
        observedGeneration: generation,
      },
    ];
    this.route.status = { parents: [{ conditions }] };
  }
}
