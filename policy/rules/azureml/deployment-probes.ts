import { BOTH, type ResourceRule } from "../../rule";
import { at, fault } from "../../inputChecks";

/**
 * Azure's own probes wait longer for a dead server than callers do. Advisory: they are there, and are better than
 * none.
 */
export const deploymentProbes: ResourceRule = {
  id: "deployment-probes",
  title: "A deployment says when it is ready and when it is alive",
  severity: "advisory",
  targets: BOTH,
  references: {
    other: ["Azure ML, managed online deployment YAML schema, ProbeSettings"],
  },
  sees: "resource",
  types: ["azure-native:machinelearningservices:OnlineDeployment"],
  check: ({ inputs }) =>
    ["properties.livenessProbe", "properties.readinessProbe"].flatMap((path) =>
      at(inputs, path) === undefined ? [fault(path, undefined, "given, with its times")] : [],
    ),
};
