/** Transitions as OpenTelemetry events, by OTLP over HTTP. */
import { SeverityNumber } from "@opentelemetry/api-logs";
import type { ExportResult } from "@opentelemetry/core";
import type { Channel } from "./channels";
import { TIMEOUT_MS } from "./send";
import type { Transition } from "./transition";

/** Of transitions that somebody should look at. */
const WARNINGS: readonly Transition["event"][] = ["rolledBack", "stopped", "refused"];

/**
 * A log record with an event name (OpenTelemetry specification, "Logs Data Model", Events) for each transition. Address,
 * headers, compression and certificates are those of the OTEL_EXPORTER_OTLP_* variables, which the exporter reads by itself; the
 * resource is that of OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES.
 */
export const TELEMETRY: Channel = {
  name: "the OpenTelemetry collector",
  async tell(transition) {
    // Loaded only where it is asked for.
    const [{ OTLPLogExporter }, { LoggerProvider }, { ExportResultCode }, resources] =
      await Promise.all([
        import("@opentelemetry/exporter-logs-otlp-http"),
        import("@opentelemetry/sdk-logs"),
        import("@opentelemetry/core"),
        import("@opentelemetry/resources"),
      ]);
    const exporter = new OTLPLogExporter({ timeoutMillis: TIMEOUT_MS });
    const { envDetector } = resources;
    const resource = resources
      .resourceFromAttributes({ "service.name": "mlscore-rollout" })
      .merge(resources.detectResources({ detectors: [envDetector] }));
    try {
      const { code, error } = await new Promise<ExportResult>((resolve) => {
        const provider = new LoggerProvider({
          resource,
          processors: [
            {
              onEmit: (record) => {
                exporter.export([record], resolve);
              },
              forceFlush: () => Promise.resolve(),
              shutdown: () => Promise.resolve(),
            },
          ],
        });
        provider.getLogger("mlscore.rollout").emit(recordOf(transition));
      });
      return code === ExportResultCode.SUCCESS ? undefined : problemOf(error);
    } finally {
      await exporter.shutdown();
    }
  },
};

function recordOf(transition: Transition) {
  const { event, time, rollout, endpoint, canary, split, reason, text } = transition;
  const isWarning = WARNINGS.includes(event);
  return {
    eventName: `rollout.${event}`,
    timestamp: new Date(time),
    severityNumber: isWarning ? SeverityNumber.WARN : SeverityNumber.INFO,
    severityText: isWarning ? "WARN" : "INFO",
    body: text,
    attributes: {
      "rollout.id": rollout,
      "rollout.endpoint": endpoint,
      "rollout.canary": canary,
      "rollout.reason": reason,
      ...(split === undefined
        ? {}
        : {
            "rollout.canary.percent": split.traffic[canary] ?? 0,
            "rollout.canary.mirror_percent": split.mirrorTraffic[canary] ?? 0,
          }),
    },
  };
}

/** The collector's own words may repeat what was sent. */
function problemOf(error: Error | undefined): string {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  if (typeof code === "number") return `HTTP ${code}`;
  return typeof code === "string" ? code : "no connection";
}
