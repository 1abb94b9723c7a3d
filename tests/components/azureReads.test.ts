import { describe, expect, it } from "@jest/globals";
import { createHttpHeaders, type HttpClient } from "@azure/core-rest-pipeline";
import { readsOf } from "../../components/azureReads";
import { connect } from "../../traffic/arm";

// Proves the request and what is taken of an answer as Azure's specification has it; it asks no Azure.

const CREDENTIAL = {
  getToken: () => Promise.resolve({ token: "none", expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
};

function answering(status: number, body: unknown) {
  const asked: string[] = [];
  const httpClient: HttpClient = {
    sendRequest(request) {
      asked.push(`${request.method} ${request.url}`);
      const headers = createHttpHeaders({ "content-type": "application/json" });
      return Promise.resolve({ request, status, headers, bodyAsText: JSON.stringify(body) });
    },
  };
  const url = "https://management.azure.com";
  const reads = readsOf(() =>
    Promise.resolve(connect({ url, credential: CREDENTIAL, httpClient })),
  );
  return { reads, asked };
}

describe("the Kubernetes versions of a region", () => {
  it("are asked of the region, with their support plans", async () => {
    const { reads, asked } = answering(200, {
      values: [
        {
          version: "1.37",
          isDefault: null,
          isPreview: true,
          capabilities: { supportPlan: ["KubernetesOfficial"] },
          patchVersions: { "1.37.1": { upgrades: [] } },
        },
        { version: "1.36", isPreview: null, capabilities: { supportPlan: ["KubernetesOfficial"] } },
        { version: "1.34", capabilities: { supportPlan: ["AKSLongTermSupport"] } },
        { version: "1.20" },
      ],
    });
    expect(await reads.kubernetesVersions("sub", "canadacentral")).toEqual([
      { version: "1.37", isPreview: true, supportPlans: ["KubernetesOfficial"] },
      { version: "1.36", isPreview: false, supportPlans: ["KubernetesOfficial"] },
      { version: "1.34", isPreview: false, supportPlans: ["AKSLongTermSupport"] },
      { version: "1.20", isPreview: false, supportPlans: [] },
    ]);
    expect(asked).toEqual([
      "GET https://management.azure.com/subscriptions/sub/providers/Microsoft.ContainerService/locations/canadacentral/kubernetesVersions?api-version=2025-09-01",
    ]);
  });

  it("are not made up when the right to read them is missing", async () => {
    const error = {
      code: "AuthorizationFailed",
      message: "The client does not have authorization.",
    };
    const { reads } = answering(403, { error });
    await expect(reads.kubernetesVersions("sub", "canadacentral")).rejects.toMatchObject({
      status: 403,
      code: "AuthorizationFailed",
    });
  });
});
