/** Names inside the scoring namespace. What the namespace is called comes from the endpoint. */
export const names = {
  serviceAccount: "scoring",
  gateway: "gateway",
  gatewayServiceAccount: "gateway",
  route: "scoring",
} as const;

/** Port of the inference server in the container (azureml-inference-server-http). */
export const SCORING_PORT = 5001;

/** The two sets of pods that the route divides the requests between. */
export type Track = "stable" | "canary";

/** Namespace of the gateway's pods, which the controller makes from its own template. */
export function gatewayNamespaceName(endpointName: string): string {
  return `${endpointName}-gateway`;
}

/** Name of a track's Deployment, Service and autoscaler. */
export function trackName(track: Track): string {
  return `scoring-${track}`;
}

/** Labels of every object of the endpoint; none of them changes with a release. */
export function commonLabels(endpointName: string): Record<string, string> {
  return {
    "app.kubernetes.io/name": endpointName,
    "app.kubernetes.io/component": "scoring",
    "app.kubernetes.io/managed-by": "pulumi",
  };
}

/** What selects the pods of the endpoint, or of one of its tracks. Kubernetes cannot change a Deployment's selector. */
export function podSelector(endpointName: string, track?: Track): Record<string, string> {
  return {
    "app.kubernetes.io/name": endpointName,
    "app.kubernetes.io/component": "scoring",
    ...(track === undefined ? {} : { "mlscore/track": track }),
  };
}

/** A label has at most 63 characters; a release id has 64 and is whole in the annotation only. */
export function releaseLabel(releaseId: string): Record<string, string> {
  return { "mlscore/release": releaseId.slice(0, 16) };
}

export function releaseAnnotation(releaseId: string): Record<string, string> {
  return { "mlscore/release-id": releaseId };
}
