import type { CollectedData, DataCollection, DataCollector } from "../types";
import { ROLLING_RATES } from "./armWords";
import type { DeploymentYaml } from "./deploymentSchema";
import type { Report } from "./issues";
import { parseReference } from "./references";
import { versionText } from "./texts";
import type { YamlFile } from "./yamlTree";

type CollectorYaml = NonNullable<DeploymentYaml["data_collector"]>;
type CollectionYaml = CollectorYaml["collections"][string];

/**
 * Settings of the data collector. In the YAML one sampling rate holds for all collections; ARM has it in each
 * (azure-sdk-for-python `entities/_deployment/data_collector.py`).
 */
export function dataCollectorOf(
  collector: CollectorYaml,
  owner: { readonly endpoint?: string; readonly deployment: string },
  yaml: YamlFile,
  report: Report,
): DataCollector {
  const captureHeaders = collector.request_logging?.capture_headers;
  const collections = Object.entries(collector.collections).map(([name, collection]) => {
    const at = ["data_collector", "collections", name];
    const result: DataCollection = {
      enabled: collection.enabled,
      ...(collector.sampling_rate === undefined ? {} : { samplingRate: collector.sampling_rate }),
      ...(collection.client_id === undefined ? {} : { clientId: collection.client_id }),
      ...destination(name, collection, at, owner, yaml, report),
    };
    return [name, result] as const;
  });
  if (collections.length === 0)
    report.error(
      ["data_collector", "collections"],
      "is empty; name what is to be collected, such as request or response",
    );
  return {
    collections: Object.fromEntries(collections),
    ...(collector.rolling_rate === undefined
      ? {}
      : { rollingRate: ROLLING_RATES[collector.rolling_rate] }),
    ...(captureHeaders === undefined ? {} : { captureHeaders }),
  };
}

/** The data asset: an existing one by reference, otherwise one to register, completed as the reference page says. */
function destination(
  collection: string,
  { data }: CollectionYaml,
  at: readonly string[],
  owner: { readonly endpoint?: string; readonly deployment: string },
  yaml: YamlFile,
  report: Report,
): Pick<DataCollection, "dataId" | "data"> {
  if (data === undefined) return {};
  const dataAt = [...at, "data"];
  if (typeof data === "string") {
    const reference = parseReference(data, "data");
    if (!("problem" in reference) && reference.kind !== "label") {
      return {
        dataId:
          reference.kind === "id" ? reference.id : `azureml:${reference.name}:${reference.version}`,
      };
    }
    if ("problem" in reference) report.error(dataAt, reference.problem);
    return {};
  }
  if (data.path !== undefined && !data.path.startsWith("azureml://datastores/")) {
    const form = "azureml://datastores/<datastore>/paths/<path>";
    report.error([...dataAt, "path"], `is {value}; must have the form ${form}`);
  }
  const { endpoint = "", deployment } = owner;
  const root = "azureml://datastores/workspaceblobstore/paths/modelDataCollector";
  const asset: CollectedData = {
    name: data.name ?? `${endpoint}-${deployment}-${collection}`,
    version: versionText(data.version, [...dataAt, "version"], yaml, report) ?? "1",
    path: data.path ?? `${root}/${endpoint}/${deployment}/${collection}`,
  };
  return { data: asset };
}
