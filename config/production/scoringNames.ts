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
