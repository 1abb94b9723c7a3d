import { valueAt } from "../graph/paths";

/** The environment variables of a deployment's resource, those of its data collection among them. */
export function variablesOf(inputs: object): Record<string, string> {
  const own = valueAt(inputs, "properties.environmentVariables") ?? {};
  const collections = valueAt(inputs, "properties.dataCollector.collections");
  return { ...collectorVariables(collections), ...(own as Record<string, string>) };
}

/**
 * What azureml-ai-monitoring 1.0.0 reads (its config.py): a `Collector` of the script raises unless a collection other
 * than the payloads `request` and `response` is enabled. Locally the rows go to the log instead of a data asset.
 */
function collectorVariables(collections: unknown): Record<string, string> {
  const all = Object.entries(
    (collections ?? {}) as Record<string, { dataCollectionMode?: string; samplingRate?: number }>,
  );
  const own = all.filter(
    ([name, { dataCollectionMode }]) =>
      dataCollectionMode === "Enabled" && !["request", "response"].includes(name.toLowerCase()),
  );
  if (own.length === 0) return {};
  const rate = Math.max(...own.map(([, { samplingRate = 1 }]) => samplingRate));
  return {
    AZUREML_MDC_ENABLED: "true",
    AZUREML_MDC_LOCAL_CAPTURE: "true",
    AZUREML_MDC_SAMPLE_RATE: String(Math.round(rate * 100)),
  };
}
