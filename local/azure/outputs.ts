import { v5 as uuidv5 } from "uuid";
import { nameParts, textAt, valueAt, type AzurePlace, type Inputs } from "./ids";
import type { AzureType } from "./catalogue";

// Name space of what Azure would make up; any fixed GUID serves.
const GENERATED = "c0a0f0de-6e0b-4b8b-9f1e-2f1d4a7b9a11";

/** A GUID that Azure would choose at random: here always the same for the same resource and property. */
export function generatedGuid(id: string, property: string): string {
  return uuidv5(`${id.toLowerCase()}#${property}`, GENERATED);
}

type Compute = (inputs: Inputs, id: string, place: AzurePlace) => Record<string, unknown>;

const succeeded: Compute = (inputs) => ({
  properties: { ...(valueAt(inputs, "properties") as object), provisioningState: "Succeeded" },
});

const systemIdentity: Compute = (inputs, id, place) =>
  textAt(inputs, "identity.type").startsWith("SystemAssigned")
    ? {
        identity: {
          ...(valueAt(inputs, "identity") as object),
          principalId: generatedGuid(id, "principalId"),
          tenantId: place.tenantId,
        },
      }
    : {};

/** What Azure adds to a resource's own inputs, by Pulumi type. Host names follow the public cloud's. */
const computed: Readonly<Record<string, Compute>> = {
  "azure-native:managedidentity:UserAssignedIdentity": (_inputs, id, place) => ({
    principalId: generatedGuid(id, "principalId"),
    clientId: generatedGuid(id, "clientId"),
    tenantId: place.tenantId,
  }),
  "azure-native:operationalinsights:Workspace": (_inputs, id) => ({
    customerId: generatedGuid(id, "customerId"),
    provisioningState: "Succeeded",
  }),
  "azure-native:applicationinsights:Component": (inputs, id) => {
    const key = generatedGuid(id, "instrumentationKey");
    return {
      instrumentationKey: key,
      connectionString: `InstrumentationKey=${key};IngestionEndpoint=https://${textAt(inputs, "location")}-0.in.applicationinsights.azure.com/`,
      provisioningState: "Succeeded",
    };
  },
  "azure-native:containerregistry:Registry": (inputs) => ({
    loginServer: `${textAt(inputs, "registryName").toLowerCase()}.azurecr.io`,
    provisioningState: "Succeeded",
  }),
  "azure-native:keyvault:Vault": (inputs) => ({
    properties: {
      ...(valueAt(inputs, "properties") as object),
      vaultUri: `https://${textAt(inputs, "vaultName")}.vault.azure.net/`,
      provisioningState: "Succeeded",
    },
  }),
  "azure-native:storage:StorageAccount": (inputs) => {
    const account = textAt(inputs, "accountName");
    return {
      primaryEndpoints: {
        blob: `https://${account}.blob.core.windows.net/`,
        dfs: `https://${account}.dfs.core.windows.net/`,
      },
      provisioningState: "Succeeded",
    };
  },
  "azure-native:machinelearningservices:Workspace": (inputs, id, place) => ({
    ...systemIdentity(inputs, id, place),
    workspaceId: generatedGuid(id, "workspaceId"),
    provisioningState: "Succeeded",
  }),
  "azure-native:machinelearningservices:CodeVersion": succeeded,
  "azure-native:machinelearningservices:ModelVersion": succeeded,
  "azure-native:machinelearningservices:EnvironmentVersion": succeeded,
  "azure-native:machinelearningservices:DataVersion": succeeded,
  "azure-native:machinelearningservices:OnlineDeployment": succeeded,
  "azure-native:machinelearningservices:OnlineEndpoint": (inputs, id, place) => {
    const host = `https://${textAt(inputs, "endpointName")}.${textAt(inputs, "location")}.inference.ml.azure.com`;
    return {
      ...systemIdentity(inputs, id, place),
      properties: {
        ...(valueAt(inputs, "properties") as object),
        traffic: {},
        mirrorTraffic: {},
        provisioningState: "Succeeded",
        scoringUri: `${host}/score`,
        swaggerUri: `${host}/swagger.json`,
      },
    };
  },
};

/** Outputs that only Azure knows, which are unknown during a first preview. */
export function computedOutputs(
  token: string,
  type: AzureType,
  inputs: Inputs,
  id: string,
  place: AzurePlace,
): Record<string, unknown> {
  return {
    name: nameParts(type, inputs).at(-1),
    type: type.armType,
    ...(type.apiVersion === undefined ? {} : { azureApiVersion: type.apiVersion }),
    ...computed[token]?.(inputs, id, place),
  };
}
