import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { containerEnvironment, usesAzure } from "../../../components/scoring/environment";
import { gatewayDuration } from "../../../components/scoring/gateway";
import { mostPods } from "../../../components/scoring/namespace";
import { gatewayPolicies, scoringPolicies } from "../../../components/scoring/networkPolicies";
import { probes } from "../../../components/scoring/probes";
import { quantityTimes } from "../../../components/scoring/quantity";
import { gracePeriodSeconds } from "../../../components/scoring/workload";
import type { OnlineDeploymentDefinition } from "../../../config/types";
import { DEPLOYMENT } from "../../scoringObjects";

/** The pure parts of the scoring service. */

const withVariables = (
  environmentVariables: Record<string, string>,
): OnlineDeploymentDefinition => ({ ...DEPLOYMENT, environmentVariables });

describe("quantities", () => {
  it.each([
    ["500m", 3, "1500m"],
    ["1.5Gi", 4, "6Gi"],
    ["0.1", 3, "0.3"],
    ["0.05", 2, "0.1"],
    ["2", 7, "14"],
    ["256Mi", 0, "0Mi"],
  ])("%s times %d is %s", (quantity, factor, product) => {
    expect(quantityTimes(quantity, factor)).toBe(product);
  });

  it.each(["", "1e3", "-1", "1 Gi", "1KB", "Gi", "1.", "0x1"])("are not %j", (quantity) => {
    expect(() => quantityTimes(quantity, 2)).toThrow(RangeError);
  });

  it("are multiplied exactly", () => {
    const decimal = fc.tuple(fc.nat(9999), fc.nat(999), fc.nat(100));
    fc.assert(
      fc.property(decimal, ([whole, thousandths, factor]) => {
        const quantity = `${whole}.${String(thousandths).padStart(3, "0")}Gi`;
        const product = quantityTimes(quantity, factor);
        expect(product).toMatch(/^\d+(\.\d*[1-9])?Gi$/);
        const back = Math.round(Number.parseFloat(product) * 1000);
        expect(back).toBe((whole * 1000 + thousandths) * factor);
      }),
    );
  });
});

describe("the most pods at a time", () => {
  it.each([
    [12, undefined, 14],
    [12, 2, 18],
    [1, 1, 6],
  ])("with %p replicas and %p canaries are %p", (replicas, canaries, most) => {
    expect(mostPods(replicas, canaries)).toBe(most);
  });
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
      { name: "B", value: "1" },
      { name: "A", value: "$$(B) and $C" },
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
  it("give a server as long to start as on Azure ML, and ask no probe to wait", () => {
    const httpGet = { path: "/", port: 5001 };
    expect(probes(DEPLOYMENT)).toEqual({
      startupProbe: { httpGet, periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 155 },
      readinessProbe: {
        httpGet,
        periodSeconds: 10,
        timeoutSeconds: 2,
        successThreshold: 1,
        failureThreshold: 30,
      },
      livenessProbe: { httpGet, periodSeconds: 10, timeoutSeconds: 2, failureThreshold: 30 },
    });
  });

  it("take the YAML's own startup probe as it is", () => {
    const startupProbe = { initialDelaySeconds: 1, periodSeconds: 3, failureThreshold: 4 };
    expect(probes({ ...DEPLOYMENT, startupProbe }).startupProbe).toEqual({
      httpGet: { path: "/", port: 5001 },
      initialDelaySeconds: 1,
      periodSeconds: 3,
      timeoutSeconds: 2,
      failureThreshold: 4,
    });
  });

  it("have Azure ML's times where the YAML is silent", () => {
    const { livenessProbe: _liveness, readinessProbe: _readiness, ...silent } = DEPLOYMENT;
    expect(probes(silent)).toEqual(probes(DEPLOYMENT));
  });

  it("succeed at once where Kubernetes takes nothing else, but readiness as the YAML says", () => {
    const twice = { successThreshold: 2 };
    const { livenessProbe, readinessProbe } = probes({
      ...DEPLOYMENT,
      livenessProbe: twice,
      readinessProbe: twice,
    });
    expect(livenessProbe).not.toHaveProperty("successThreshold");
    expect(readinessProbe.successThreshold).toBe(2);
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
