import { blaming, missing, needs, wrongly, type Case } from "../case";
import { add, all, alter, set, unknown, unset } from "../graphs";

const WORKSPACE = "workspace";
const ENDPOINT = "endpoint";
const SPLIT = "endpoint-traffic";
const DEPLOYMENTS = ["endpoint-compact", "endpoint-multi-model", "endpoint-multi-model-spark"];
const DEPLOYMENT = "endpoint-compact";
const ENVIRONMENT = "pulumi-nodejs:dynamic/mlscore:EnvironmentVersion";
const ID = "/subscriptions/1/workspaces/w/models/m";

const scaleRule = (direction: string) => ({
  metricTrigger: { metricName: "CpuUtilizationPercentage" },
  scaleAction: { direction },
});

const SCALED = add("azure-native:monitor:AutoscaleSetting", {
  profiles: [{ capacity: { maximum: "5" }, rules: [scaleRule("Increase"), scaleRule("Decrease")] }],
});

export const azureml: Readonly<Record<string, Case>> = {
  "workspace-datastores-by-identity": {
    from: "sandbox",
    breaks: needs(WORKSPACE, "systemDatastoresAuthMode", "AccessKey"),
  },
  "datastore-without-credentials": {
    from: "sandbox",
    breaks: needs(
      "assets-datastore",
      "properties.credentials.credentialsType",
      "AccountKey",
      "Sas",
      "ServicePrincipal",
    ),
  },
  "workspace-isolation": {
    from: "sandbox",
    breaks: [
      ...needs(WORKSPACE, "managedNetwork.isolationMode", "Disabled"),
      ...needs(WORKSPACE, "v1LegacyMode", true),
    ],
  },
  "workspace-approved-outbound": {
    from: "sandbox",
    given: set(WORKSPACE, "managedNetwork.isolationMode", "AllowOnlyApprovedOutbound"),
    breaks: needs(WORKSPACE, "managedNetwork.isolationMode", "AllowInternetOutbound"),
  },
  "workspace-public-access-off": {
    from: "sandbox",
    as: "production",
    given: set(WORKSPACE, "publicNetworkAccess", "Disabled"),
    breaks: needs(WORKSPACE, "publicNetworkAccess", "Enabled"),
  },
  "endpoint-auth": {
    from: "sandbox",
    as: "production",
    given: set(ENDPOINT, "properties.authMode", "AADToken"),
    breaks: needs(ENDPOINT, "properties.authMode", "Key", "AMLToken"),
  },
  "endpoint-entra-auth": {
    from: "sandbox",
    given: set(ENDPOINT, "properties.authMode", "AADToken"),
    breaks: needs(ENDPOINT, "properties.authMode", "Key"),
  },
  "endpoint-identity": { from: "sandbox", breaks: needs(ENDPOINT, "identity.type", "None") },
  "endpoint-public-access-off": {
    from: "sandbox",
    as: "production",
    given: all(
      set(ENDPOINT, "properties.publicNetworkAccess", "Disabled"),
      set(SPLIT, "settings.publicNetworkAccess", "Disabled"),
    ),
    breaks: [
      ...needs(SPLIT, "settings.publicNetworkAccess", "Enabled"),
      ...blaming("added", [
        wrongly(
          "an endpoint without a split",
          add("azure-native:machinelearningservices:OnlineEndpoint", {
            endpointName: "another",
            properties: { publicNetworkAccess: "Enabled" },
          }),
          "added",
        ),
        missing(
          "one that says nothing",
          add(
            "azure-native:machinelearningservices:OnlineEndpoint",
            {},
            { ignoreChanges: ["properties.publicNetworkAccess"] },
          ),
          "added",
        ),
      ]),
    ],
  },
  "autoscale-both-directions": {
    from: "sandbox",
    given: SCALED,
    breaks: [missing("no scale-in", unset("added", "profiles.0.rules.1"), "added")],
  },
  "autoscale-ignored-count": {
    from: "sandbox",
    breaks: [
      missing(
        "ignored without a setting",
        alter(DEPLOYMENT, () => ({ ignoreChanges: ["sku.capacity"] })),
        DEPLOYMENT,
      ),
    ],
  },
  "autoscale-within-quota": {
    from: "sandbox",
    given: SCALED,
    breaks: [
      wrongly("51 instances", set("added", "profiles.0.capacity.maximum", "51"), "added"),
      wrongly("unknown", unknown("added", "profiles.0.capacity.maximum"), "added"),
      missing("no maximum", unset("added", "profiles.0.capacity.maximum"), "added"),
    ],
  },
  "deployment-minimum-instances": {
    from: "sandbox",
    as: "production",
    given: all(...DEPLOYMENTS.map((name) => set(name, "sku.capacity", 3))),
    breaks: needs(DEPLOYMENT, "sku.capacity", 2, "3"),
  },
  "deployment-probes": {
    from: "sandbox",
    breaks: ["livenessProbe", "readinessProbe"].flatMap((probe) => [
      missing(`${probe} missing`, unset(DEPLOYMENT, `properties.${probe}`), DEPLOYMENT),
    ]),
  },
  "deployment-pinned-assets": {
    from: "sandbox",
    breaks: [
      ...needs(
        DEPLOYMENT,
        "properties.environmentId",
        "azureml:environment@latest",
        `${ID}/versions/latest`,
        `${ID}/labels/latest`,
        ID,
      ),
      ...needs(DEPLOYMENT, "properties.codeConfiguration.codeId", `${ID}@latest`).filter(
        ({ what }) => what !== "properties.codeConfiguration missing",
      ),
      // An environment may have the model in it, so a missing one is right.
      ...needs(DEPLOYMENT, "properties.model", `${ID}/versions/Latest`).filter(
        ({ what }) => what !== "properties.model missing",
      ),
    ],
  },
  "environment-image-pinned": {
    from: "sandbox",
    breaks: needs(
      ENVIRONMENT,
      "properties.image",
      "mcr.microsoft.com/azureml/minimal-py311-inference:1",
      "mcr.microsoft.com/azureml/minimal-py311-inference@sha256:1",
    ),
  },
};
