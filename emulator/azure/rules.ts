import type { AssumptionId } from "../../assumptions";
import { withZeros } from "../../traffic/split";
import { creationProblems, deletionProblems } from "../../traffic/splitRules";
import { changedAt } from "../../graph/changes";
import { alertRules } from "./alertRules";
import { autoscaleRules } from "./autoscaleRules";
import { budgetRules } from "./budgetRules";
import { clusterRules } from "./clusterRules";
import { dashboardRules } from "./dashboardRules";
import { deploymentsOf, liveSplit, splitIn } from "./endpointTraffic";
import { eventRules } from "./eventRules";
import { flowLogRules } from "./flowLogRules";
import { isolationRules, refuseEndpoint, refuseLooserIsolation } from "./isolationRules";
import { roleRules } from "./roleRules";
import { textAt, valueAt, type Inputs } from "../../graph/paths";
import { Refusal } from "./refusal";
import { refuseSplitProblems } from "./refusal";
import type { StoredResources, TypeRules } from "./typeRules";

const ENDPOINT = "azure-native:machinelearningservices:OnlineEndpoint";
const DEPLOYMENT = "azure-native:machinelearningservices:OnlineDeployment";
const WORKSPACE = "azure-native:machinelearningservices:Workspace";
const CODE = "pulumi-nodejs:dynamic/mlscore:CodeVersion";
const MODEL = "pulumi-nodejs:dynamic/mlscore:ModelVersion";
const DATA = "pulumi-nodejs:dynamic/mlscore:DataVersion";
const ENVIRONMENT = "pulumi-nodejs:dynamic/mlscore:EnvironmentVersion";
const TRAFFIC = "pulumi-nodejs:dynamic/mlscore:TrafficSplit";
const MAX_DEPLOYMENTS = 20;

/** As documented for Azure ML managed online endpoints and for AKS. */
export const rules: Readonly<Record<string, TypeRules>> = {
  ...alertRules,
  ...autoscaleRules,
  ...budgetRules,
  ...clusterRules,
  ...dashboardRules,
  ...eventRules,
  ...flowLogRules,
  ...isolationRules,
  ...roleRules,
  [WORKSPACE]: {
    put(inputs, id, store) {
      for (const property of [
        "storageAccount",
        "keyVault",
        "containerRegistry",
        "applicationInsights",
      ]) {
        requireResource(
          store,
          textAt(inputs, property),
          `${property} of ${id}`,
          "workspace-associated-resources",
        );
      }
      const storage = store.read(textAt(inputs, "storageAccount"));
      if (valueAt(storage?.inputs, "isHnsEnabled") === true) {
        throw new Refusal(
          "BadRequest",
          `${id} cannot use storage with a hierarchical namespace`,
          "workspace-flat-storage",
        );
      }
      refuseLooserIsolation(inputs, id, store);
    },
  },
  [ENDPOINT]: {
    put(inputs, id, store) {
      if (store.read(id) !== undefined) return;
      refuseEndpoint(inputs, id, store);
      refuseSplitProblems(creationProblems(splitIn(inputs["properties"])));
    },
  },
  [DEPLOYMENT]: {
    put(_inputs, id, store) {
      const siblings = deploymentsOf(store, id.slice(0, id.lastIndexOf("/deployments/")));
      if (store.read(id) === undefined && siblings.length >= MAX_DEPLOYMENTS) {
        throw new Refusal(
          "BadRequest",
          `an endpoint takes at most ${MAX_DEPLOYMENTS} deployments`,
          "deployment-limit",
        );
      }
    },
    delete(resource, store) {
      const [endpoint = "", name = ""] = resource.id.split("/deployments/");
      refuseSplitProblems(deletionProblems(liveSplit(store.read(endpoint)), name));
    },
  },
  [CODE]: {
    put(inputs, id, store) {
      keepPath("codeUri", inputs, id, store);
    },
  },
  [DATA]: {
    put(inputs, id, store) {
      keepPath("dataUri", inputs, id, store);
    },
  },
  [ENVIRONMENT]: {
    // Code and text: azure-cli-extensions issue 5440.
    put(inputs, id, store) {
      const before = store.read(id)?.inputs;
      if (before === undefined) return;
      const parts = ["image", "condaFile", "build", "inferenceConfig", "osType"];
      if (
        changedAt(
          parts.map((part) => `properties.${part}`),
          before,
          inputs,
        ).length === 0
      )
        return;
      const [name, version] = [textAt(inputs, "name"), textAt(inputs, "version")];
      throw new Refusal(
        "UserError",
        `Environment ${name} with version ${version} is already registered and cannot be changed. (${id})`,
        "asset-version-immutable",
      );
    },
  },
  [MODEL]: {
    put(inputs, id, store) {
      // Code and text as quoted in azureml-examples issue 2725; other kinds of assets take any text.
      if (!/^[1-9]\d*$/.test(textAt(inputs, "version"))) {
        throw new Refusal(
          "ModelVersionOutOfRange",
          `Model version must be a positive integer. (${id})`,
          "model-version-integer",
        );
      }
      keepPath("modelUri", inputs, id, store);
      const path = textAt(inputs, "properties.modelUri").replace(/^azureml:\//, "");
      const [datastore = ""] = path.split("/paths/");
      const workspace = id.slice(0, id.lastIndexOf("/models/"));
      requireResource(
        store,
        `${workspace}/datastores/${datastore.split("/datastores/")[1] ?? ""}`,
        `modelUri of ${id}`,
        "model-datastore",
      );
    },
  },
  [TRAFFIC]: {
    put(inputs, id, store) {
      store.setSplit(endpointOf(id), splitIn(inputs));
      store.updateEndpoint(endpointOf(id), {
        tags: record(inputs, "settings.tags") as Record<string, string>,
        properties: without(record(inputs, "settings"), "tags"),
      });
    },
    delete({ id }, store) {
      const endpoint = endpointOf(id);
      if (store.read(endpoint) === undefined) return;
      const names = deploymentsOf(store, endpoint).map(({ inputs }) => {
        return textAt(inputs, "deploymentName");
      });
      store.setSplit(endpoint, withZeros({ traffic: {}, mirrorTraffic: {} }, names));
    },
  },
};

/** A version once made refuses another path; code and text: ASSET_PATH_ERROR of azure-ai-ml (azure-sdk-for-python). */
function keepPath(key: string, inputs: Inputs, id: string, store: StoredResources): void {
  const before = store.read(id)?.inputs;
  if (before === undefined) return;
  const path = `properties.${key}`;
  if (textAt(before, path) === textAt(inputs, path)) return;
  throw new Refusal(
    "UserError",
    `Asset paths cannot be updated. (${id})`,
    "asset-version-immutable",
  );
}

function endpointOf(trafficId: string): string {
  return trafficId.slice(0, trafficId.lastIndexOf("/traffic/"));
}

function requireResource(
  store: StoredResources,
  id: string,
  what: string,
  source: AssumptionId,
): void {
  if (store.read(id) === undefined) {
    throw new Refusal(
      "ResourceNotFound",
      `${what} names ${id || "nothing"}, which does not exist`,
      source,
    );
  }
}

function without(values: Record<string, unknown>, key: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name !== key));
}

function record(inputs: unknown, path: string): Record<string, unknown> {
  const value = valueAt(inputs, path);
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
