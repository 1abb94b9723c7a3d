import { BOTH, type ResourceRule } from "../../rule";
import { fault, textAt } from "../../inputChecks";
import { WORKLOADS, checkPod } from "../../workloads";

const KINDS = new Set([
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
]);

/**
 * A hostPath is the node's disk. The kinds are those of the restricted standard; a kind that is not in the list is
 * refused.
 */
export const podsVolumes: ResourceRule = {
  id: "pods-volumes",
  title: "Volumes are of kinds that do not reach the node",
  severity: "mandatory",
  targets: BOTH,
  references: {
    azurePolicy: ["16697877-1118-4fb1-9b65-9898ec2509ec", "098fc59e-46c7-4d99-9b16-64990e543d75"],
    other: ["Kubernetes, Pod Security Standards, restricted"],
  },
  sees: "resource",
  types: WORKLOADS,
  check: (resource) =>
    checkPod(resource, (pod) => {
      const volumes = pod["volumes"] ?? [];
      if (!Array.isArray(volumes)) return [fault("volumes", volumes, "a list")];
      return volumes.flatMap((volume: unknown) => {
        const kinds = Object.keys(volume ?? {}).filter((key) => key !== "name");
        const name = textAt(volume, "name") ?? "without a name";
        return kinds.length === 1 && kinds.every((kind) => KINDS.has(kind))
          ? []
          : [`volume ${name} is of kind ${kinds.join(" and ") || "none"}, which is not allowed`];
      });
    }),
};
