import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { containerEnvironment, usesAzure } from "../../../components/scoring/environment";
import { gatewayDuration } from "../../../components/scoring/gateway";
import { mostPods } from "../../../components/scoring/namespace";
import { gatewayPolicies, scoringPolicies } from "../../../components/scoring/networkPolicies";
import {
  gracePeriodSeconds,
  probes,
  readinessPath,
  workloadBody,
} from "../../../components/scoring/workload";
import type { OnlineDeploymentDefinition } from "../../../config/types";
import { DEPLOYMENT, SCORING } from "../../scoringObjects";

/** The pure parts of the scoring service. */

const withVariables = (
  environmentVariables: Record<string, string>,
): OnlineDeploymentDefinition => ({ ...DEPLOYMENT, environmentVariables });

describe("the most pods at a time", () => {
  it.each([
    [12, undefined, 30, 16],
    [12, 2, 30, 22],
    [1, 1, 30, 10],
    [12, undefined, 190, 32],
  ])(
    "with %p replicas, %p canaries and %p s of grace are %p",
    (replicas, canaries, grace, most) => {
      expect(mostPods(replicas, canaries, grace)).toBe(most);
    },
  );
});

describe("durations of the Gateway API", () => {
  it.each([
    [5000, "5s"],
    [180_000, "180s"],
    [1500, "1s500ms"],
    [250, "250ms"],
  ])("%d ms are %s", (milliseconds, text) => {
    expect(gatewayDuration(milliseconds)).toBe(text);
  });

  it("keep the API's form and the time", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999_000 }), (milliseconds) => {
        const text = gatewayDuration(milliseconds);
        expect(text).toMatch(/^([0-9]{1,5}(h|m|s|ms)){1,4}$/);
        const [, seconds = "0", rest = "0"] = /^(?:(\d+)s)?(?:(\d+)ms)?$/.exec(text) ?? [];
        expect(Number(seconds) * 1000 + Number(rest)).toBe(milliseconds);
      }),
    );
  });
});

describe("environment variables of a container", () => {
  it("are the YAML's, in its order, safe from Kubernetes' own references", () => {
    expect(containerEnvironment(withVariables({ B: "1", A: "$(B) and $C" }))).toEqual([
      { name: "SCORING_TIMEOUT_MS", value: "5000" },
      { name: "B", value: "1" },
      { name: "A", value: "$$(B) and $C" },
    ]);
  });

  it("name each once: the YAML's own time limit is the one that counts", () => {
    expect(containerEnvironment(withVariables({ SCORING_TIMEOUT_MS: "4500" }))).toEqual([
      { name: "SCORING_TIMEOUT_MS", value: "4500" },
    ]);
  });

  it.each([
    ["sample-features", false],
    ["abfss://features@account.dfs.core.windows.net/table", true],
    ["az://features/table", true],
    ["https://account.blob.core.windows.net", true],
    ["https://vault.vault.azure.net/", true],
    ["https://example.org/blob", false],
    ["azure", false],
  ])("with %j use Azure: %p", (value, uses) => {
    expect(usesAzure(withVariables({ PLACE: value }))).toBe(uses);
  });
});

describe("probes", () => {
  it("are production's own, whatever the endpoint's YAML has, and none waits before its first look", () => {
    const httpGet = { path: "/", port: 5001 };
    const slow = { initialDelaySeconds: 60, periodSeconds: 60, failureThreshold: 60 };
    const { spec } = workloadBody({
      ...SCORING,
      namespace: "flood",
      track: "stable",
      deployment: {
        ...DEPLOYMENT,
        livenessProbe: slow,
        readinessProbe: slow,
        startupProbe: slow,
      },
    }) as unknown as { spec: { template: { spec: { containers: Record<string, unknown>[] } } } };
    expect(spec.template.spec.containers).toHaveLength(1);
    expect(spec.template.spec.containers[0]).toMatchObject({
      startupProbe: { httpGet, periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 155 },
      readinessProbe: {
        httpGet: { path: "/ready", port: 5001 },
        periodSeconds: 5,
        timeoutSeconds: 4,
        successThreshold: 1,
        failureThreshold: 3,
      },
      livenessProbe: { httpGet, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
    });
    expect(JSON.stringify(spec)).not.toContain("initialDelaySeconds");
  });

  it("follow the settings", () => {
    const readiness = { ...SCORING.probes.readiness, periodSeconds: 2, successThreshold: 3 };
    expect(probes({ ...SCORING.probes, readiness }, "/ready").readinessProbe).toEqual({
      httpGet: { path: "/ready", port: 5001 },
      periodSeconds: 2,
      timeoutSeconds: 4,
      failureThreshold: 3,
      successThreshold: 3,
    });
  });
});

const OWN_IMAGE = {
  kind: "inline",
  name: "own",
  version: "1",
  tags: {},
  properties: {},
  contentHash: "",
  image: "registry.example/own@sha256:1",
  inferenceConfig: {
    livenessRoute: { path: "/live", port: 80 },
    readinessRoute: { path: "/ready", port: 80 },
    scoringRoute: { path: "/score", port: 80 },
  },
} as const;

const MLFLOW_MODEL = {
  kind: "local",
  name: "m",
  version: "1",
  tags: {},
  properties: {},
  contentHash: "",
  files: [],
  shape: "folder",
  modelType: "mlflow_model",
} as const;

const REGISTERED = { kind: "workspace", name: "m", version: "1" } as const;
const SCRIPT = {
  code: { kind: "workspace", name: "c", version: "1" },
  scoringScript: "score.py",
} as const;

describe("the path of readiness", () => {
  it.each([
    ["the image's own server", withVariables({}), "/ready"],
    ["the image's own server by name", withVariables({ SCORING_SERVER: "scorehost" }), "/ready"],
    ["Azure's server", withVariables({ SCORING_SERVER: "azmlinfsrv" }), "/"],
    ["an MLflow model", { ...DEPLOYMENT, model: MLFLOW_MODEL }, "/"],
    ["a registered model without a script", { ...DEPLOYMENT, model: REGISTERED }, "/"],
    [
      "a registered model with a script",
      { ...DEPLOYMENT, model: REGISTERED, codeConfiguration: SCRIPT },
      "/ready",
    ],
    ["another image", { ...DEPLOYMENT, environment: OWN_IMAGE }, "/"],
  ])("of %s is known", (_, deployment, path) => {
    expect(readinessPath(deployment)).toBe(path);
  });
});

describe("the time a pod has to end", () => {
  it.each([
    [5000, 30],
    [20_000, 30],
    [20_001, 31],
    [180_000, 190],
  ])("with requests of up to %d ms is %d s", (requestTimeoutMs, seconds) => {
    const requestSettings = { ...DEPLOYMENT.requestSettings, requestTimeoutMs };
    expect(gracePeriodSeconds({ ...DEPLOYMENT, requestSettings })).toBe(seconds);
  });
});

describe("network policies of the scoring pods", () => {
  const args = { endpointName: "flood", namespace: "flood", usesAzure: true };

  it("deny everything that no other one allows", () => {
    expect(scoringPolicies(args)["default-deny"]?.spec).toEqual({
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
    expect(gatewayPolicies("flood", "flood-gateway", false)["gateway-default-deny"]?.spec).toEqual({
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
  });

  it("let in the gateway's pods alone, on the server's port", () => {
    const { "from-gateway": policy } = scoringPolicies(args);
    expect(policy?.spec).toMatchObject({
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [
            {
              namespaceSelector: {
                matchLabels: { "kubernetes.io/metadata.name": "flood-gateway" },
              },
              podSelector: {
                matchLabels: { "gateway.networking.k8s.io/gateway-name": "gateway" },
              },
            },
          ],
          ports: [{ protocol: "TCP", port: 5001 }],
        },
      ],
    });
  });

  it("let nobody out to Azure who does not go there", () => {
    expect(Object.keys(scoringPolicies({ ...args, usesAzure: false }))).toEqual([
      "default-deny",
      "from-gateway",
      "to-dns",
    ]);
  });

  it("let out to private endpoints and to the internet for Entra ID, on port 443 alone", () => {
    const policies = scoringPolicies({ ...args, privateEndpointsCidr: "10.60.5.0/27" });
    const ports = [{ protocol: "TCP", port: 443 }];
    expect(policies["to-azure"]?.spec).toMatchObject({
      policyTypes: ["Egress"],
      egress: [
        { to: [{ ipBlock: { cidr: "10.60.5.0/27" } }], ports },
        {
          to: [
            {
              ipBlock: {
                cidr: "0.0.0.0/0",
                except: [
                  "10.0.0.0/8",
                  "172.16.0.0/12",
                  "192.168.0.0/16",
                  "100.64.0.0/10",
                  "169.254.0.0/16",
                  "168.63.129.16/32",
                ],
              },
            },
          ],
          ports,
        },
      ],
    });
  });

  it("take any private address where the endpoints' subnet is not known", () => {
    const { "to-azure": policy } = scoringPolicies(args);
    expect(policy?.spec).toMatchObject({
      egress: [
        {
          to: [
            { ipBlock: { cidr: "10.0.0.0/8" } },
            { ipBlock: { cidr: "172.16.0.0/12" } },
            { ipBlock: { cidr: "192.168.0.0/16" } },
          ],
        },
        {},
      ],
    });
  });
});

describe("network policies of the gateway's pods", () => {
  const dns = {
    to: [
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
        podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
      },
    ],
    ports: [
      { protocol: "UDP", port: 53 },
      { protocol: "TCP", port: 53 },
    ],
  };

  it("let out to the scoring pods, the proxies' control plane and DNS alone", () => {
    const { "gateway-traffic": policy } = gatewayPolicies("flood", "flood-gateway", false);
    expect(policy?.spec).toEqual({
      podSelector: { matchLabels: { "gateway.networking.k8s.io/gateway-name": "gateway" } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          ports: [
            { protocol: "TCP", port: 80 },
            { protocol: "TCP", port: 15021 },
          ],
        },
        {
          from: [
            {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
            },
          ],
          ports: [{ protocol: "TCP", port: 15020 }],
        },
      ],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "flood" } },
              podSelector: {
                matchLabels: {
                  "app.kubernetes.io/name": "flood",
                  "app.kubernetes.io/component": "scoring",
                },
              },
            },
          ],
          ports: [{ protocol: "TCP", port: 5001 }],
        },
        {
          to: [
            {
              namespaceSelector: {
                matchLabels: { "kubernetes.io/metadata.name": "aks-istio-system" },
              },
            },
          ],
          ports: [{ protocol: "TCP", port: 15012 }],
        },
        dns,
      ],
    });
  });

  it("let scoring pods out to DNS", () => {
    const policies = scoringPolicies({
      endpointName: "flood",
      namespace: "flood",
      usesAzure: false,
    });
    expect(policies["to-dns"]?.spec).toEqual({
      podSelector: {
        matchLabels: {
          "app.kubernetes.io/name": "flood",
          "app.kubernetes.io/component": "scoring",
        },
      },
      policyTypes: ["Egress"],
      egress: [dns],
    });
  });
});
