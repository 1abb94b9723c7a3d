import { beforeAll, describe, expect, it } from "@jest/globals";
import type { ScoringServiceArgs } from "../../../components/scoringService";
import { CANARY, DEPLOYMENT } from "../../scoringObjects";
import { at, objects, texts, type Objects } from "./objects";

/** What a canary adds, and what each change of the arguments touches. Nothing runs. */

describe("the scoring service with a canary", () => {
  let all: Objects;
  beforeAll(async () => {
    all = await objects({ canary: CANARY });
  });

  it("has a Deployment and a Service more, with the canary's image, release and number", () => {
    const canary = "Deployment scoring-canary";
    expect(all.size).toBe(19);
    expect(at(all, canary, "spec.replicas")).toBe(2);
    expect(at(all, canary, "spec.template.spec.containers.0.image")).toBe(CANARY.image);
    expect(at(all, canary, "metadata.annotations")).toEqual({
      "mlscore/release-id": CANARY.releaseId,
    });
    for (const [key, path] of [
      [canary, "spec.selector.matchLabels"],
      ["Service scoring-canary-service", "spec.selector"],
    ] as const) {
      expect(texts(all, key, path)["mlscore/track"]).toBe("canary");
    }
  });

  it("divides the requests by its weight", () => {
    expect(at(all, "HTTPRoute scoring-route", "spec.rules.0.backendRefs")).toEqual([
      { name: "scoring-stable", port: 80, weight: 80 },
      { name: "scoring-canary", port: 80, weight: 20 },
    ]);
  });

  it("makes the namespace larger by its pods and those of an update", () => {
    expect(at(all, "ResourceQuota scoring-quota", "spec.hard.pods")).toBe("22");
  });
});

describe("the scoring service with a certificate", () => {
  const uri = "https://kv.vault.azure.net/certificates/flood";
  let all: Objects;
  beforeAll(async () => {
    all = await objects({ certificate: { uri, identityClientId: CANARY.releaseId } });
  });

  it("takes requests over TLS only, with the certificate that the gateway's account may read", () => {
    const listeners = at(all, "Gateway scoring-gateway", "spec.listeners");
    expect(listeners).toHaveLength(1);
    expect(listeners).toMatchObject([
      {
        name: "https",
        protocol: "HTTPS",
        port: 443,
        tls: {
          mode: "Terminate",
          options: {
            "kubernetes.azure.com/tls-cert-keyvault-uri": uri,
            "kubernetes.azure.com/tls-cert-service-account": "gateway",
          },
        },
      },
    ]);
    const account = "ServiceAccount scoring-gateway-service-account";
    expect(at(all, account, "metadata.name")).toBe("gateway");
    expect(at(all, account, "metadata.namespace")).toBe("flood-gateway");
    expect(at(all, account, "metadata.annotations")).toEqual({
      "azure.workload.identity/client-id": CANARY.releaseId,
    });
    expect(at(all, account, "metadata.labels")).toMatchObject({
      "azure.workload.identity/use": "true",
    });
  });

  it("routes from that listener, and lets nothing else reach the gateway's pods", () => {
    expect(at(all, "HTTPRoute scoring-route", "spec.parentRefs.0.sectionName")).toBe("https");
    const path = "spec.ingress.0.ports";
    expect(at(all, "NetworkPolicy scoring-gateway-traffic", path)).toEqual([
      { protocol: "TCP", port: 443 },
      { protocol: "TCP", port: 15021 },
    ]);
  });
});

describe("what a change of the arguments changes", () => {
  async function changed(changes: Partial<ScoringServiceArgs>): Promise<string[]> {
    const [before, after] = [await objects(), await objects(changes)];
    return [...new Set([...before.keys(), ...after.keys()])]
      .filter((key) => JSON.stringify(before.get(key)) !== JSON.stringify(after.get(key)))
      .sort();
  }

  it("is the Deployment alone for another image or release", async () => {
    expect(await changed({ image: CANARY.image, releaseId: CANARY.releaseId })).toEqual([
      "Deployment scoring-stable",
    ]);
  });

  it("is the Deployment alone for an exception, which is written on it and not on its pods", async () => {
    expect(await changed({ releaseException: "urgent" })).toEqual(["Deployment scoring-stable"]);
    const all = await objects({ releaseException: "urgent" });
    const key = "Deployment scoring-stable";
    expect(texts(all, key, "metadata.annotations")["mlscore/release-exception"]).toBe("urgent");
    expect(JSON.stringify(at(all, key, "spec"))).not.toContain("urgent");
  });

  it("is the namespaces alone for tags", async () => {
    expect(await changed({ tags: { owner: "others" } })).toEqual([
      "Namespace scoring-gateway-namespace",
      "Namespace scoring-namespace",
    ]);
  });

  it("is one more policy and the Deployment for code that reads from Azure", async () => {
    const environmentVariables = {
      FEATURE_TABLE_URI: "abfss://features@st.dfs.core.windows.net/t",
    };
    expect(await changed({ deployment: { ...DEPLOYMENT, environmentVariables } })).toEqual([
      "Deployment scoring-stable",
      "NetworkPolicy scoring-to-azure",
    ]);
  });
});
