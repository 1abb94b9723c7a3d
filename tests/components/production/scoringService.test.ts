import { beforeAll, describe, expect, it } from "@jest/globals";
import { CLIENT_ID, DIGEST, RELEASE } from "../../scoringObjects";
import { at, objects, texts, type Objects } from "./objects";

/** What the component declares, object by object. A real API server takes them in tests/cluster. */

describe("the scoring service without a canary", () => {
  let all: Objects;
  beforeAll(async () => {
    all = await objects();
  });
  const STABLE = "Deployment scoring-stable";
  const deployment = (path: string) => at(all, STABLE, `spec.${path}`);
  const pod = (path: string) => deployment(`template.spec.${path}`);
  const container = (path: string) => pod(`containers.0.${path}`);

  it("is made of exactly these objects", () => {
    expect([...all.keys()].sort()).toEqual([
      "ConfigMap scoring-gateway-metrics",
      "Deployment scoring-stable",
      "Gateway scoring-gateway",
      "HTTPRoute scoring-route",
      "HorizontalPodAutoscaler scoring-autoscaler",
      "LimitRange scoring-limit-range",
      "Namespace scoring-gateway-namespace",
      "Namespace scoring-namespace",
      "NetworkPolicy scoring-default-deny",
      "NetworkPolicy scoring-from-gateway",
      "NetworkPolicy scoring-gateway-default-deny",
      "NetworkPolicy scoring-gateway-traffic",
      "NetworkPolicy scoring-to-dns",
      "PodDisruptionBudget scoring-disruption-budget",
      "ResourceQuota scoring-quota",
      "Service scoring-stable-service",
      "ServiceAccount scoring-service-account",
    ]);
  });

  it("lives in a namespace that admits restricted pods only, the gateway in one of its own", () => {
    const levels = (name: string) => {
      const labels = texts(all, `Namespace ${name}`, "metadata.labels");
      return ["enforce", "audit", "warn"].map((mode) => [
        labels[`pod-security.kubernetes.io/${mode}`],
        labels[`pod-security.kubernetes.io/${mode}-version`],
      ]);
    };
    const restricted = ["restricted", "latest"];
    expect(levels("scoring-namespace")).toEqual([restricted, restricted, restricted]);
    expect(levels("scoring-gateway-namespace")).toEqual([
      ["baseline", "latest"],
      restricted,
      restricted,
    ]);
    expect(at(all, "Namespace scoring-namespace", "metadata.name")).toBe("flood");
    expect(at(all, "Namespace scoring-namespace", "metadata.annotations")).toEqual({
      "mlscore/tags": '{"owner":"tests"}',
    });
  });

  it("runs the image by digest as a user that can do nothing", () => {
    expect(container("image")).toBe(`crflood.azurecr.io/flood@${DIGEST}`);
    expect(container("imagePullPolicy")).toBe("Always");
    expect(container("securityContext")).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      capabilities: { drop: ["ALL"] },
    });
    expect(pod("securityContext")).toEqual({
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      fsGroup: 10001,
      supplementalGroups: [10001],
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(container("volumeMounts")).toEqual([{ name: "tmp", mountPath: "/tmp" }]);
    expect(pod("volumes")).toEqual([
      { name: "tmp", emptyDir: { medium: "Memory", sizeLimit: "64Mi" } },
    ]);
  });

  it("gives pods the workload identity and no token of the API server", () => {
    const account = "ServiceAccount scoring-service-account";
    expect(at(all, account, "metadata.annotations")).toEqual({
      "azure.workload.identity/client-id": CLIENT_ID,
    });
    expect(at(all, account, "automountServiceAccountToken")).toBe(false);
    expect(pod("automountServiceAccountToken")).toBe(false);
    expect(pod("serviceAccountName")).toBe(at(all, account, "metadata.name"));
    expect(deployment("template.metadata.labels")).toMatchObject({
      "azure.workload.identity/use": "true",
    });
  });

  it("lets an update take away no pod before a new one is ready", () => {
    expect(deployment("strategy")).toEqual({
      type: "RollingUpdate",
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
    expect(deployment("minReadySeconds")).toBe(5);
    expect(container("lifecycle")).toEqual({ preStop: { sleep: { seconds: 5 } } });
    expect(pod("terminationGracePeriodSeconds")).toBe(30);
  });

  it("leaves the number of pods to the autoscaler", () => {
    expect(deployment("replicas")).toBeUndefined();
    expect(at(all, "HorizontalPodAutoscaler scoring-autoscaler", "spec")).toEqual({
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "scoring-stable" },
      minReplicas: 3,
      maxReplicas: 12,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } },
        },
      ],
      behavior: {
        scaleDown: {
          stabilizationWindowSeconds: 300,
          policies: [{ type: "Pods", value: 1, periodSeconds: 60 }],
        },
      },
    });
  });

  it("requests what is set, memory without more than requested", () => {
    expect(container("resources")).toEqual({
      requests: { cpu: "500m", memory: "1Gi", "ephemeral-storage": "256Mi" },
      limits: { cpu: "2", memory: "1Gi", "ephemeral-storage": "256Mi" },
    });
  });

  it("sizes the namespace for all replicas and the pods of an update, and takes no other way in", () => {
    expect(at(all, "ResourceQuota scoring-quota", "spec.hard")).toEqual({
      pods: "16",
      "services.loadbalancers": "0",
      "services.nodeports": "0",
    });
  });

  it("spreads one release's pods over zones first and hosts second, on the user pool", () => {
    expect(pod("nodeSelector")).toEqual({ "kubernetes.azure.com/agentpool": "scoring" });
    const spread = {
      maxSkew: 1,
      whenUnsatisfiable: "ScheduleAnyway",
      nodeTaintsPolicy: "Honor",
      matchLabelKeys: ["pod-template-hash"],
      labelSelector: {
        matchLabels: {
          "app.kubernetes.io/name": "flood",
          "app.kubernetes.io/component": "scoring",
          "mlscore/track": "stable",
        },
      },
    };
    expect(pod("topologySpreadConstraints")).toEqual([
      { ...spread, topologyKey: "topology.kubernetes.io/zone" },
      { ...spread, topologyKey: "kubernetes.io/hostname" },
    ]);
  });

  it("lets nodes go one pod at a time, and pods that are not ready at once", () => {
    expect(at(all, "PodDisruptionBudget scoring-disruption-budget", "spec")).toEqual({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: {
        matchLabels: {
          "app.kubernetes.io/name": "flood",
          "app.kubernetes.io/component": "scoring",
        },
      },
    });
  });

  it("says its release on the Deployment and its pods only", () => {
    const label = RELEASE.slice(0, 16);
    const marked = [...all].filter(([, inputs]) => JSON.stringify(inputs).includes(label));
    expect(marked.map(([key]) => key)).toEqual(["Deployment scoring-stable"]);
    for (const place of ["metadata", "spec.template.metadata"]) {
      expect(texts(all, STABLE, `${place}.labels`)["mlscore/release"]).toBe(label);
      expect(at(all, STABLE, `${place}.annotations`)).toEqual({ "mlscore/release-id": RELEASE });
    }
    expect(JSON.stringify(deployment("selector"))).not.toContain("release");
  });

  it("opens an internal gateway for its own host, and routes only what callers need", () => {
    expect(at(all, "Gateway scoring-gateway", "metadata.namespace")).toBe("flood-gateway");
    expect(at(all, "Gateway scoring-gateway", "spec")).toEqual({
      gatewayClassName: "approuting-istio",
      infrastructure: {
        annotations: {
          "service.beta.kubernetes.io/azure-load-balancer-internal": "true",
          "service.beta.kubernetes.io/azure-load-balancer-internal-subnet": "gateway",
        },
      },
      listeners: [
        {
          name: "http",
          protocol: "HTTP",
          port: 80,
          hostname: "flood.example.internal",
          allowedRoutes: {
            namespaces: {
              from: "Selector",
              selector: { matchLabels: { "kubernetes.io/metadata.name": "flood" } },
            },
          },
        },
      ],
    });
    expect(at(all, "HTTPRoute scoring-route", "spec")).toEqual({
      parentRefs: [{ name: "gateway", namespace: "flood-gateway", sectionName: "http" }],
      hostnames: ["flood.example.internal"],
      rules: [
        {
          matches: [
            { path: { type: "Exact", value: "/score" } },
            { path: { type: "Exact", value: "/swagger.json" } },
          ],
          timeouts: { request: "5s" },
          backendRefs: [{ name: "scoring-stable", port: 80, weight: 100 }],
        },
      ],
    });
    expect(at(all, "Service scoring-stable-service", "spec")).toEqual({
      type: "ClusterIP",
      selector: {
        "app.kubernetes.io/name": "flood",
        "app.kubernetes.io/component": "scoring",
        "mlscore/track": "stable",
      },
      ports: [{ name: "http", protocol: "TCP", appProtocol: "http", port: 80, targetPort: 5001 }],
    });
  });
});
