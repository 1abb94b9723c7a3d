import type * as k8s from "@pulumi/kubernetes/types/input";
import type * as pulumi from "@pulumi/pulumi";
import type { ScoringResources } from "../../config/production/types";
import { commonLabels } from "./labels";
import { quantityTimes } from "./quantity";
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

/** An account whose pods Azure's webhook gives a token for the identity (AKS, workload identity). */
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
      labels: commonLabels(endpointName),
      annotations: { "azure.workload.identity/client-id": identityClientId },
    },
    automountServiceAccountToken: false,
  };
}

/**
 * Most pods at a time: all replicas, and for each track one that an update adds and one that is still ending (an
 * ending pod counts until it is gone).
 */
export function mostPods(maxReplicas: number, canaryReplicas: number | undefined): number {
  return maxReplicas + 2 + (canaryReplicas === undefined ? 0 : canaryReplicas + 2);
}

export function quotaBody(
  endpointName: string,
  namespace: pulumi.Input<string>,
  pods: number,
  { cpuRequest, cpuLimit, memory }: ScoringResources,
): k8s.core.v1.ResourceQuota {
  return {
    metadata: { name: "scoring", namespace, labels: commonLabels(endpointName) },
    spec: {
      hard: {
        pods: String(pods),
        "requests.cpu": quantityTimes(cpuRequest, pods),
        "limits.cpu": quantityTimes(cpuLimit, pods),
        "requests.memory": quantityTimes(memory, pods),
        "limits.memory": quantityTimes(memory, pods),
        "requests.ephemeral-storage": quantityTimes(EPHEMERAL_STORAGE, pods),
        "limits.ephemeral-storage": quantityTimes(EPHEMERAL_STORAGE, pods),
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
