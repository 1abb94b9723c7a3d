import { createHash } from "node:crypto";
import { v5 as uuidv5 } from "uuid";
import { parseYaml } from "../../input/yaml";
import { textAt, valueAt, type Inputs } from "../../graph/paths";
import { nameParts, type AzurePlace } from "./armIds";
import type { AzureType } from "./azureType";

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

/**
 * The emulator has no clock: what is registered there was registered at this moment, so that every run gives the same
 * and a release has always soaked.
 */
const REGISTERED_AT = "2020-01-01T00:00:00Z";

const registered: Compute = (inputs, id, place) => ({
  ...succeeded(inputs, id, place),
  systemData: { createdAt: REGISTERED_AT },
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

/** Another one for other inputs, in whatever order their keys come. */
function etagOf(inputs: Inputs, id: string): string {
  const inOrder = (_key: string, value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return generatedGuid(id, JSON.stringify(inputs, inOrder));
}

/** AKS takes the newest patch of a minor version. */
const NEWEST_PATCH = 3;

function kubernetesPatch(version: string): string {
  return version.split(".").length > 2 ? version : `${version}.${NEWEST_PATCH}`;
}

/** The images that a task's steps push. Nothing is built: a digest is made up, the same for the same task. */
function pushedImages(encodedTask: string, runId: string): Record<string, string>[] {
  const text = Buffer.from(encodedTask, "base64").toString("utf8");
  const task = parseYaml(text, { version: "1.2" }).yaml?.value as
    { readonly steps?: readonly { readonly push?: readonly string[] }[] } | null | undefined;
  const images = task?.steps?.flatMap(({ push }) => push ?? []) ?? [];
  return images.map((image) => {
    const [, registry = "", repository = "", tag = ""] =
      /^([^/]+)\/(.+):([^:]+)$/.exec(image) ?? [];
    const content = createHash("sha256").update(`${runId}#${image}#${encodedTask}`).digest("hex");
    return { registry, repository, tag, digest: `sha256:${content}` };
  });
}

/** What Azure adds to a resource's own inputs, by Pulumi type. Host names follow the public cloud's. */
const computed: Readonly<Record<string, Compute>> = {
  "azure-native:managedidentity:UserAssignedIdentity": (_inputs, id, place) => ({
    principalId: generatedGuid(id, "principalId"),
    clientId: generatedGuid(id, "clientId"),
    tenantId: place.tenantId,
  }),
  "azure-native:containerservice:ManagedCluster": (inputs, id, place) => {
    const host = `${textAt(inputs, "dnsPrefix")}-${generatedGuid(id, "host").slice(0, 8)}`;
    const zone = textAt(inputs, "apiServerAccessProfile.privateDNSZone").split("/").at(-1) ?? "";
    const pools = (valueAt(inputs, "agentPoolProfiles") ?? []) as Inputs[];
    return {
      currentKubernetesVersion: kubernetesPatch(textAt(inputs, "kubernetesVersion")),
      agentPoolProfiles: pools.map((pool) => ({
        ...pool,
        currentOrchestratorVersion: kubernetesPatch(textAt(pool, "orchestratorVersion")),
      })),
      privateFQDN: `${host}.${zone}`,
      oidcIssuerProfile: {
        enabled: true,
        issuerURL: `https://${textAt(inputs, "location")}.oic.prod-aks.azure.com/${place.tenantId}/${generatedGuid(id, "issuer")}/`,
      },
      eTag: etagOf(inputs, id),
      provisioningState: "Succeeded",
    };
  },
  "azure-native:containerservice:AgentPool": (inputs) => ({
    currentOrchestratorVersion: kubernetesPatch(textAt(inputs, "orchestratorVersion")),
    provisioningState: "Succeeded",
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
  "azure-native:containerregistry:TaskRun": (inputs, id) => ({
    provisioningState: "Succeeded",
    runResult: {
      status: "Succeeded",
      outputImages: pushedImages(textAt(inputs, "runRequest.encodedTaskContent"), id),
    },
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
  "pulumi-nodejs:dynamic/mlscore:CodeVersion": registered,
  "pulumi-nodejs:dynamic/mlscore:ModelVersion": registered,
  "pulumi-nodejs:dynamic/mlscore:EnvironmentVersion": registered,
  "pulumi-nodejs:dynamic/mlscore:DataVersion": registered,
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
