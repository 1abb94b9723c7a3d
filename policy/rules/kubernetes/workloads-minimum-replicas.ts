import { isBeside, namespacesIn } from "../../namespaces";
import { ofType, violations } from "../../relations";
import { PRODUCTION, type PolicyResource, type StackRule } from "../../rule";
import { at, entry, fault, mustBeAtLeast } from "../../inputChecks";

/** So that one can be replaced while the other answers. */
const LEAST = 2;

/**
 * With one pod every update and every lost node is an outage. A deployment without a number of its own has its
 * autoscaler's. A canary is there for a share of the requests and may be one pod: the route can leave it out.
 */
export const workloadsMinimumReplicas: StackRule = {
  id: "workloads-minimum-replicas",
  title: "Every deployment keeps two pods or more",
  severity: "mandatory",
  targets: PRODUCTION,
  references: {
    other: ['AKS, "Deployment and cluster reliability best practices", replicas'],
  },
  sees: "stack",
  check: (resources) => {
    const namespaces = namespacesIn(resources);
    const scalers = ofType(resources, "kubernetes:autoscaling/v2:HorizontalPodAutoscaler");
    return ofType(resources, "kubernetes:apps/v1:Deployment").flatMap((deployment) => {
      const labels = at(deployment.inputs, "metadata.labels");
      const least = entry(labels, "mlscore/track") === "canary" ? 1 : LEAST;
      if (at(deployment.inputs, "spec.replicas") !== undefined) {
        return violations(deployment, mustBeAtLeast(deployment.inputs, "spec.replicas", least));
      }
      const own = scalers.filter(
        (scaler) => isBeside(scaler, deployment, namespaces) && scales(scaler, deployment),
      );
      if (own.length === 0) {
        const message = fault("spec.replicas", undefined, `${least} or more, or an autoscaler's`);
        return violations(deployment, [message]);
      }
      return own.flatMap((scaler) =>
        violations(scaler, mustBeAtLeast(scaler.inputs, "spec.minReplicas", least)),
      );
    });
  },
};

function scales(scaler: PolicyResource, deployment: PolicyResource): boolean {
  const name = at(deployment.inputs, "metadata.name");
  return (
    at(scaler.inputs, "spec.scaleTargetRef.kind") === "Deployment" &&
    name !== undefined &&
    at(scaler.inputs, "spec.scaleTargetRef.name") === name
  );
}
