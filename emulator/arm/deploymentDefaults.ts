import { isObject, valueAt } from "../../graph/paths";
import type { DesiredDeployment } from "./backend";

const PROBE = {
  initialDelay: "PT10S",
  period: "PT10S",
  timeout: "PT2S",
  successThreshold: 1,
  failureThreshold: 30,
};

/**
 * A new deployment as Azure answers it: what a client left out has Azure's default. Source: the sample of an answer in
 * azure.azcollection, azure_rm_ml_online_deployment_info; azure-ai-ml 1.35.2 cannot read one without `scaleSettings`. The tier is
 * what templates of deployments have; that Azure adds it is not documented.
 */
export function completed(desired: DesiredDeployment): DesiredDeployment {
  const { properties } = desired;
  const own = (name: string) => {
    const value = valueAt(properties, name);
    return isObject(value) ? value : {};
  };
  return {
    ...desired,
    sku: { name: "Default", tier: "Standard", capacity: 1, ...desired.sku },
    properties: {
      egressPublicNetworkAccess: "Enabled",
      ...properties,
      scaleSettings: { scaleType: "Default", ...own("scaleSettings") },
      requestSettings: {
        requestTimeout: "PT5S",
        maxConcurrentRequestsPerInstance: 1,
        ...own("requestSettings"),
      },
      livenessProbe: { ...PROBE, ...own("livenessProbe") },
      readinessProbe: { ...PROBE, ...own("readinessProbe") },
      ...collected(properties["dataCollector"]),
    },
  };
}

/** Words of an enumeration in ARM's spelling (DataCollectionMode): azure-ai-ml 1.35.2 sends `enabled`. */
function collected(collector: unknown) {
  const collections = valueAt(collector, "collections");
  if (!isObject(collector) || !isObject(collections)) return {};
  const inWords = Object.entries(collections).map(([name, collection]) => {
    const isOn = String(valueAt(collection, "dataCollectionMode")).toLowerCase() === "enabled";
    const dataCollectionMode = isOn ? "Enabled" : "Disabled";
    return [name, { ...(collection as object), dataCollectionMode }] as const;
  });
  return { dataCollector: { ...collector, collections: Object.fromEntries(inWords) } };
}
