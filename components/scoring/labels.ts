import type { Track } from "../../config/production/scoringNames";

export {
  gatewayNamespaceName,
  names,
  SCORING_PORT,
  trackName,
  type Track,
} from "../../config/production/scoringNames";

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
