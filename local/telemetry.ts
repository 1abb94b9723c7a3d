/** Deployments that write their metrics and traces for their developer, on this machine. */
import { join } from "node:path";
import { InvalidArgumentError } from "commander";
import type { DeploymentSpec } from "./endpoint";
import { revisionOf } from "./revision";
import { endpointDirectory } from "./state";

/** OTLP/HTTP (opentelemetry.io, OTLP specification, "OTLP/HTTP Default Port"). */
const OTLP_PORT = 4318;

/** Reads `file`, `otlp` or `otlp:PORT`; the address is always that of this machine. */
export function telemetryArgument(text: string): string {
  const [found, port = String(OTLP_PORT)] = /^(?:file|otlp(?::(\d{1,5}))?)$/.exec(text) ?? [];
  if (found !== undefined && Number(port) >= 1 && Number(port) <= 65_535) return text;
  throw new InvalidArgumentError("It must be file, otlp or otlp:PORT.");
}

/** Where the file of `file` is. */
export function telemetryFile(stack: string): string {
  return join(endpointDirectory(stack), "telemetry.jsonl");
}

/**
 * The deployment with the scoring code's telemetry, whatever its YAML says of it: every request is traced, and exports are seen
 * within seconds.
 *
 * @param where as `telemetryArgument`
 */
export function withTelemetry(spec: DeploymentSpec, where: string, stack: string): DeploymentSpec {
  const [exporter = "", port = String(OTLP_PORT)] = where.split(":");
  const variables = {
    TELEMETRY: exporter,
    ...(exporter === "file"
      ? { TELEMETRY_FILE: telemetryFile(stack) }
      : { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` }),
    OTEL_SERVICE_NAME: spec.name,
    OTEL_TRACES_SAMPLER_ARG: "1",
    // Milliseconds.
    OTEL_METRIC_EXPORT_INTERVAL: "5000",
    OTEL_BSP_SCHEDULE_DELAY: "1000",
  };
  const observed = {
    ...spec,
    environmentVariables: { ...spec.environmentVariables, ...variables },
  };
  return { ...observed, revision: revisionOf(observed) };
}
