import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** Code from a package index can send models anywhere. Advisory: a sandbox is where people find out what they need. */
export const workspaceApprovedOutbound: ResourceRule = {
  id: "workspace-approved-outbound",
  title: "Deployments reach only what is named",
  severity: "advisory",
  targets: BOTH,
  references: {
    azurePolicy: ["6ddb1705-c8cf-450e-aa4b-19ad6703c440"],
  },
  sees: "resource",
  types: ["azure-native:machinelearningservices:Workspace"],
  check: ({ inputs }) =>
    mustBe(inputs, "managedNetwork.isolationMode", "AllowOnlyApprovedOutbound"),
};
