import { milliseconds } from "../config/isoDuration";
import { textAt, valueAt } from "../graph/paths";
import type { DeploymentSpec, ProbeSpec } from "./endpoint";

/** What a deployment's resource says of requests and probes, with Azure's defaults. */
export function requestSettings(
  inputs: object,
): Pick<
  DeploymentSpec,
  | "requestTimeoutMs"
  | "maxConcurrentRequestsPerInstance"
  | "livenessProbe"
  | "readinessProbe"
  | "startupProbe"
> {
  const startup = valueAt(inputs, "properties.startupProbe");
  return {
    requestTimeoutMs: milliseconds(
      textAt(inputs, "properties.requestSettings.requestTimeout"),
      5000,
    ),
    maxConcurrentRequestsPerInstance: Number(
      valueAt(inputs, "properties.requestSettings.maxConcurrentRequestsPerInstance") ?? 1,
    ),
    livenessProbe: probe(valueAt(inputs, "properties.livenessProbe")),
    readinessProbe: probe(valueAt(inputs, "properties.readinessProbe")),
    ...(startup === undefined ? {} : { startupProbe: probe(startup) }),
  };
}

/** Azure's defaults: first look after 10 s, then every 10 s, 2 s for an answer, 1 success or 30 failures decide. */
function probe(settings: unknown): ProbeSpec {
  const seconds = (key: string, otherwise: number) =>
    milliseconds(textAt(settings, key), otherwise * 1000) / 1000;
  return {
    initialDelaySeconds: seconds("initialDelay", 10),
    periodSeconds: seconds("period", 10),
    timeoutSeconds: seconds("timeout", 2),
    successThreshold: Number(valueAt(settings, "successThreshold") ?? 1),
    failureThreshold: Number(valueAt(settings, "failureThreshold") ?? 30),
  };
}
