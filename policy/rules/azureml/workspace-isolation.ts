import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/**
 * Without isolation deployments are in a network of Microsoft's that nobody sees, and private endpoints out of it
 * are not to be had. The legacy mode refuses isolated endpoints.
 */
export const workspaceIsolation: ResourceRule = {
  id: "workspace-isolation",
  title: "Deployments leave through the workspace's managed network",
  severity: "mandatory",
  targets: BOTH,
  references: {
    other: ['Azure ML, "Network isolation with managed online endpoints"'],
  },
  sees: "resource",
  types: ["azure-native:machinelearningservices:Workspace"],
  check: ({ inputs }) => [
    ...mustBe(
      inputs,
      "managedNetwork.isolationMode",
      "AllowInternetOutbound",
      "AllowOnlyApprovedOutbound",
    ),
    ...mustBe(inputs, "v1LegacyMode", false),
  ],
};
