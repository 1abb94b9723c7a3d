import type { ScoringProbes } from "../../config/production/productionTypes";
import { SCORING_PORT } from "./labels";

/**
 * Probes of the scoring container, by production's own settings and not by the endpoint's YAML: that has Azure ML's times,
 * with which a broken pod would get requests for five minutes. The server answers on `/` once the model is loaded.
 *
 * The startup probe holds the others back, so none of them waits before its first look. A startup or liveness probe
 * succeeds at the first success; Kubernetes takes no other threshold for them.
 */
export function probes({ startup, readiness, liveness }: ScoringProbes) {
  const httpGet = { path: "/", port: SCORING_PORT };
  return {
    startupProbe: { httpGet, ...startup },
    readinessProbe: { httpGet, ...readiness },
    livenessProbe: { httpGet, ...liveness },
  };
}
