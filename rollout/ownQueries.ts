import type { QuerySources } from "../config/ownMetrics";
import type { Context } from "./context";
import { logAnalyticsSource, LOGS_URL, prometheusSource, type QueryOptions } from "./querySources";

/**
 * What answers the queries of own metrics. Logs are of endpoints in Azure alone.
 *
 * Tokens go to Azure's own services only: a managed Prometheus (Microsoft Learn "Query Prometheus metrics using the API and
 * PromQL": its resource is https://prometheus.monitor.azure.com) and the API of the logs.
 *
 * @param entraToken of Entra ID for a resource
 */
export function queriesOf(
  { prometheus, logAnalytics }: QuerySources = {},
  entraToken: (resource: string) => Promise<string>,
  isAzure: boolean,
): NonNullable<Context["queries"]> {
  const token = (resource: string) => ({ token: () => entraToken(resource) });
  return {
    ...(prometheus !== undefined && {
      promql: prometheusSource(prometheus, prometheusAccess(prometheus, entraToken)),
    }),
    ...(logAnalytics !== undefined &&
      isAzure && {
        kql: logAnalyticsSource(logAnalytics, token(LOGS_URL)),
      }),
  };
}

/** How a Prometheus is asked: a managed one with a token, any other without. */
export function prometheusAccess(
  url: string,
  entraToken: (resource: string) => Promise<string>,
): QueryOptions {
  if (!isManagedPrometheus(url)) return {};
  return { token: () => entraToken("https://prometheus.monitor.azure.com") };
}

function isManagedPrometheus(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" && hostname.endsWith(".prometheus.monitor.azure.com");
}
