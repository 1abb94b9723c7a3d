import type { OnlineDeploymentDefinition, Probe } from "../../config/types";
import { SCORING_PORT } from "./labels";

/** What Azure ML takes for a probe that the YAML leaves out (managed online deployment YAML schema). */
const DEFAULTS: Required<Probe> = {
  initialDelaySeconds: 10,
  periodSeconds: 10,
  timeoutSeconds: 2,
  successThreshold: 1,
  failureThreshold: 30,
};

/** Seconds between two questions to a starting server: a rollout waits for the answer, pod by pod. */
const STARTUP_PERIOD_SECONDS = 2;

/**
 * The YAML's probes as a container's. The server answers on `/` once the model is loaded.
 *
 * Initial delays become the startup probe's time: a server that is ready early takes requests early, and one that is
 * slow has as long as on Azure ML. A startup or liveness probe succeeds at the first success; Kubernetes takes no
 * other threshold for them.
 */
export function probes(deployment: OnlineDeploymentDefinition) {
  const liveness = { ...DEFAULTS, ...deployment.livenessProbe };
  const readiness = { ...DEFAULTS, ...deployment.readinessProbe };
  const httpGet = { path: "/", port: SCORING_PORT };
  return {
    startupProbe: { httpGet, ...startupTimes(deployment.startupProbe, liveness) },
    readinessProbe: {
      httpGet,
      periodSeconds: readiness.periodSeconds,
      timeoutSeconds: readiness.timeoutSeconds,
      successThreshold: readiness.successThreshold,
      failureThreshold: readiness.failureThreshold,
    },
    livenessProbe: {
      httpGet,
      periodSeconds: liveness.periodSeconds,
      timeoutSeconds: liveness.timeoutSeconds,
      failureThreshold: liveness.failureThreshold,
    },
  };
}

function startupTimes(startup: Probe | undefined, liveness: Required<Probe>) {
  if (startup === undefined) {
    return {
      periodSeconds: STARTUP_PERIOD_SECONDS,
      timeoutSeconds: liveness.timeoutSeconds,
      failureThreshold: Math.ceil(patienceSeconds(liveness) / STARTUP_PERIOD_SECONDS),
    };
  }
  const { initialDelaySeconds, periodSeconds, timeoutSeconds, failureThreshold } = {
    ...DEFAULTS,
    ...startup,
  };
  return { initialDelaySeconds, periodSeconds, timeoutSeconds, failureThreshold };
}

/** How long a container may be without an answer after its start before it is killed. */
function patienceSeconds(probe: Required<Probe>): number {
  return probe.initialDelaySeconds + probe.periodSeconds * probe.failureThreshold;
}
