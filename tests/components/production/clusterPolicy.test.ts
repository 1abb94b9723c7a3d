import { describe, expect, it } from "@jest/globals";
import { restrictPods } from "../../../components/clusterPolicy";
import { inputsOf } from "../../stacks";
import { cluster, CLUSTER } from "./clusterParts";
import { declared } from "./declared";

// Proves the assignment; it does not prove that Azure Policy enforces it in the cluster.

describe("the policy on pods", () => {
  it("denies what is not restricted, in all namespaces but the system's and the gateway's", async () => {
    const run = await declared(() => {
      const { id } = cluster();
      restrictPods(
        "restricted-pods",
        { clusterId: id, clusterName: "aks-flood", excludedNamespaces: ["gauge-gateway"] },
        {},
      );
    });
    expect(inputsOf(run, "authorization:PolicyAssignment", "restricted-pods")).toEqual({
      policyAssignmentName: "restricted-pods",
      displayName: "Restricted pods in aks-flood",
      scope: CLUSTER,
      policyDefinitionId:
        "/providers/Microsoft.Authorization/policySetDefinitions/42b8ef37-b724-4e24-bbc8-7a7708edfe00",
      enforcementMode: "Default",
      parameters: {
        effect: { value: "Deny" },
        excludedNamespaces: {
          value: [
            "kube-system",
            "gatekeeper-system",
            "azure-arc",
            "azure-extensions-usage-system",
            "app-routing-system",
            "aks-istio-system",
            "gauge-gateway",
          ],
        },
      },
    });
  });
});
