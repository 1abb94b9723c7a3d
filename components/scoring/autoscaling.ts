import type * as k8s from "@pulumi/kubernetes/types/input";
import type * as pulumi from "@pulumi/pulumi";
import type { ScoringScale } from "../../config/production/productionTypes";
import { commonLabels, podSelector, trackName } from "./labels";

/** Seconds over which the highest desired count holds before pods go: longer than a lull between two bursts. */
const CALM_SECONDS = 300;

/** Autoscaler of the stable pods by CPU; up at Kubernetes' own pace, down slowly. */
export function autoscalerBody(
  endpointName: string,
  namespace: pulumi.Input<string>,
  { minReplicas, maxReplicas, targetCpuPercent }: ScoringScale,
): k8s.autoscaling.v2.HorizontalPodAutoscaler {
  return {
    metadata: { name: trackName("stable"), namespace, labels: commonLabels(endpointName) },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: trackName("stable") },
      minReplicas,
      maxReplicas,
      metrics: [
        {
          type: "Resource",
          resource: {
            name: "cpu",
            target: { type: "Utilization", averageUtilization: targetCpuPercent },
          },
        },
      ],
      behavior: {
        scaleDown: {
          stabilizationWindowSeconds: CALM_SECONDS,
          policies: [{ type: "Pods", value: 1, periodSeconds: 60 }],
        },
      },
    },
  };
}

/**
 * Nodes are emptied one scoring pod at a time, stable and canary together. A pod that is not ready never holds up a
 * node's upgrade (`AlwaysAllow`).
 */
export function disruptionBudgetBody(
  endpointName: string,
  namespace: pulumi.Input<string>,
): k8s.policy.v1.PodDisruptionBudget {
  return {
    metadata: { name: "scoring", namespace, labels: commonLabels(endpointName) },
    spec: {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchLabels: podSelector(endpointName) },
    },
  };
}
