import { BOTH, type ResourceRule } from "../../rule";
import { mustBeAtLeast } from "../../inputChecks";

/**
 * One may do in a sandbox. In production three, Azure's advice for availability (managed online deployment YAML
 * schema, `instance_count`); said, because a missing number is Azure's to choose.
 */
export const deploymentMinimumInstances: ResourceRule = {
  id: "deployment-minimum-instances",
  title: "A deployment has enough instances",
  severity: "mandatory",
  targets: BOTH,
  references: {
    other: ["Azure ML, managed online deployment YAML schema, instance_count"],
  },
  sees: "resource",
  types: ["azure-native:machinelearningservices:OnlineDeployment"],
  check: ({ inputs }, target) =>
    mustBeAtLeast(inputs, "sku.capacity", target === "production" ? 3 : 1),
};
