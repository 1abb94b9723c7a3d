import type * as k8s from "@pulumi/kubernetes/types/input";
import type * as pulumi from "@pulumi/pulumi";
import type { ScoringResources } from "../../config/production/productionTypes";
import { commonLabels } from "./labels";
import { EPHEMERAL_STORAGE } from "./workload";

/** Levels of the pod security standards. */
type PodSecurity = "restricted" | "baseline";

/**
 * A namespace that admits only pods of the given level. The level's version is `latest`: it follows the cluster, whose
 * minor version is a setting.
 */
export function namespaceBody(
  name: string,
  endpointName: string,
  enforce: PodSecurity,
  tags: Readonly<Record<string, string>>,
): k8s.core.v1.Namespace {
  return {
    metadata: {
      name,
      labels: {
        ...commonLabels(endpointName),
        "pod-security.kubernetes.io/enforce": enforce,
        "pod-security.kubernetes.io/enforce-version": "latest",
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/audit-version": "latest",
        "pod-security.kubernetes.io/warn": "restricted",
        "pod-security.kubernetes.io/warn-version": "latest",
      },
      // Azure's tags may hold what neither a label nor an annotation's key may.
      annotations: { "mlscore/tags": JSON.stringify(tags) },
    },
  };
}

/**
 * An account whose pods Azure's webhook gives a token for the identity (AKS, workload identity). Application routing
 * wants the label on the account that a gateway's listener names (AKS, "Configure Azure DNS and TLS with the application
 * routing Gateway API implementation"); pods have one of their own.
 */
export function serviceAccountBody(
  name: string,
  endpointName: string,
  namespace: pulumi.Input<string>,
  identityClientId: pulumi.Input<string>,
): k8s.core.v1.ServiceAccount {
  return {
    metadata: {
      name,
      namespace,
      labels: { ...commonLabels(endpointName), "azure.workload.identity/use": "true" },
      annotations: { "azure.workload.identity/client-id": identityClientId },
    },
    automountServiceAccountToken: false,
  };
}

/**
 * Most pods at a time: all replicas, and for each track one that an update adds and those that are still ending. An
 * ending pod counts until it is gone, which takes up to its grace period; an update ends one about every ten seconds.
 */
export function mostPods(
  maxReplicas: number,
  canaryReplicas: number | undefined,
  gracePeriodSeconds: number,
): number {
  const spare = 1 + Math.ceil(gracePeriodSeconds / 10);
  return maxReplicas + spare + (canaryReplicas === undefined ? 0 : canaryReplicas + spare);
}

export function quotaBody(
  endpointName: string,
  namespace: pulumi.Input<string>,
  pods: number,
): k8s.core.v1.ResourceQuota {
  return {
    metadata: { name: "scoring", namespace, labels: commonLabels(endpointName) },
    spec: {
      hard: {
        // Times the limit range's share this bounds CPU and memory too. Sums of those would be lower than what runs as
        // soon as a pod's share is made smaller, and an update would find no room for its first new pod.
        pods: String(pods),
        // The gateway is the only way in.
        "services.loadbalancers": "0",
        "services.nodeports": "0",
      },
    },
  };
}

/** What a container gets that asks for nothing, and the most that one may have: a scoring container's share. */
export function limitRangeBody(
  endpointName: string,
  namespace: pulumi.Input<string>,
  { cpuRequest, cpuLimit, memory }: ScoringResources,
): k8s.core.v1.LimitRange {
  const limits = { cpu: cpuLimit, memory, "ephemeral-storage": EPHEMERAL_STORAGE };
  return {
    metadata: { name: "scoring", namespace, labels: commonLabels(endpointName) },
    spec: {
      limits: [
        {
          type: "Container",
          default: limits,
          defaultRequest: { ...limits, cpu: cpuRequest },
          max: limits,
        },
      ],
    },
  };
}
