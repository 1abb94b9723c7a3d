import { endpointAccess } from "../endpointAccess";
import { at, problem, mustBe, mustBeAtLeast, requires, knownText, UNKNOWN } from "../inputChecks";
import { comesFromSome, ofType, violations } from "../relations";
import { type PolicyResource, PRODUCTION, type RuleDefinition } from "../rule";

const DEPLOYMENT = "azure-native:machinelearningservices:OnlineDeployment";
const ENDPOINT = "azure-native:machinelearningservices:OnlineEndpoint";
const WORKSPACE = "azure-native:machinelearningservices:Workspace";

/** A version of an asset in this workspace, another workspace or a registry. */
const VERSION = /\/versions\/(?!latest$)[^/@]+$/i;

const ASSETS = [
  "pulumi-nodejs:dynamic/mlscore:CodeVersion",
  "pulumi-nodejs:dynamic/mlscore:EnvironmentVersion",
  "pulumi-nodejs:dynamic/mlscore:ModelVersion",
];

const DIGEST = /@sha256:[0-9a-f]{64}$/;

export const azureMlRules: readonly RuleDefinition[] = [
  // Everybody who may read the datastore can read a key or a SAS in it.
  {
    id: "datastore-without-credentials",
    title: "A datastore stores no credentials",
    references: { other: ['Azure ML, "Create datastores", identity-based access'] },
    types: ["azure-native:machinelearningservices:Datastore"],
    checkResource: requires("properties.credentials.credentialsType", "None"),
  },
  // One is enough in a sandbox. Production needs three, Azure's advice for availability (managed online deployment
  // YAML schema, `instance_count`). The number must be set, because otherwise Azure chooses it.
  {
    id: "deployment-minimum-instances",
    title: "A deployment has enough instances",
    references: { other: ["Azure ML, managed online deployment YAML schema, instance_count"] },
    types: [DEPLOYMENT],
    checkResource: ({ inputs }, target) =>
      mustBeAtLeast(inputs, "sku.capacity", target === "production" ? 3 : 1),
  },
  // A label such as `@latest` can point to another version tomorrow. Ids that are unknown before the run must come
  // from versions that this stack registers, whose names are hashes of their content.
  {
    id: "deployment-pinned-assets",
    title: "A deployment uses fixed versions of its model, code and environment",
    references: {
      other: ["Azure ML, managed online deployment YAML schema, model and environment"],
    },
    checkStack: (resources) => {
      const assets = ofType(resources, ...ASSETS);
      return ofType(resources, DEPLOYMENT).flatMap((deployment) =>
        violations(
          deployment,
          pathsOf(deployment)
            .map((path) => ({ path, value: at(deployment.inputs, path) }))
            .filter(({ path, value }) =>
              value === UNKNOWN
                ? !comesFromSome(deployment, path, assets)
                : typeof value !== "string" || !VERSION.test(value),
            )
            .map(({ path, value }) => problem(path, value, "…/versions/<version>")),
        ),
      );
    },
  },
  // Azure's default probes wait longer for a dead server than callers do. Advisory: the defaults exist, and are
  // better than no probes.
  {
    id: "deployment-probes",
    title: "A deployment has a liveness and a readiness probe",
    severity: "advisory",
    references: { other: ["Azure ML, managed online deployment YAML schema, ProbeSettings"] },
    types: [DEPLOYMENT],
    checkResource: ({ inputs }) =>
      ["properties.livenessProbe", "properties.readinessProbe"].flatMap((path) =>
        at(inputs, path) === undefined ? [problem(path, undefined, "set, with its timing")] : [],
      ),
  },
  // A key is acceptable for a demonstration in a sandbox. Production accepts only Entra ID tokens, because a key is
  // shared and identifies nobody.
  {
    id: "endpoint-auth",
    title: "The endpoint sets an authentication mode",
    references: { other: ['Azure ML, "Authentication and authorization for online endpoints"'] },
    types: [ENDPOINT],
    checkResource: ({ inputs }, target) =>
      target === "production"
        ? mustBe(inputs, "properties.authMode", "AADToken")
        : mustBe(inputs, "properties.authMode", "AADToken", "AMLToken", "Key"),
  },
  // All callers share a key, and it stays valid until somebody renews it. Advisory, see `endpoint-auth`.
  {
    id: "endpoint-entra-auth",
    title: "The endpoint authenticates callers by Entra ID tokens",
    severity: "advisory",
    references: { other: ['Azure ML, "Authentication and authorization for online endpoints"'] },
    types: [ENDPOINT],
    checkResource: requires("properties.authMode", "AADToken"),
  },
  // A deployment uses it to pull its image and to read its model; without it, that needs the workspace's keys.
  {
    id: "endpoint-identity",
    title: "The endpoint has a managed identity",
    references: {
      other: [
        'Azure ML, "Authentication and authorization for online endpoints", endpoint identity',
      ],
    },
    types: [ENDPOINT],
    checkResource: requires("identity.type", "UserAssigned", "SystemAssigned"),
  },
  // Production is called from inside the network.
  {
    id: "endpoint-public-access-off",
    title: "The endpoint accepts requests only from inside the network",
    targets: PRODUCTION,
    references: { other: ['Azure ML, "Network isolation with managed online endpoints"'] },
    checkStack: endpointAccess,
  },
  // The image behind a tag can change, and a recreated deployment would then run something other than what was
  // tested. The version of an environment that is built from a context already identifies its content.
  {
    id: "environment-image-pinned",
    title: "An environment refers to its image by digest",
    references: { other: ['Azure ML, "Azure Machine Learning environments", reproducibility'] },
    types: ["pulumi-nodejs:dynamic/mlscore:EnvironmentVersion"],
    checkResource: ({ inputs }) => {
      if (at(inputs, "properties.build") !== undefined) return [];
      const image = knownText(inputs, "properties.image");
      return image !== undefined && DIGEST.test(image)
        ? []
        : [problem("properties.image", at(inputs, "properties.image"), "name@sha256:…")];
    },
  },
  // Code from a package index can send models anywhere. Advisory: data scientists use a sandbox to find out what they
  // need.
  {
    id: "workspace-approved-outbound",
    title: "Deployments reach only approved destinations",
    severity: "advisory",
    references: { azurePolicy: ["6ddb1705-c8cf-450e-aa4b-19ad6703c440"] },
    types: [WORKSPACE],
    checkResource: requires("managedNetwork.isolationMode", "AllowOnlyApprovedOutbound"),
  },
  // With `AccessKey`, the default, the workspace keeps an account key in its vault and hands it to users.
  {
    id: "workspace-datastores-by-identity",
    title: "The workspace accesses its storage by identity",
    references: {
      other: ['Azure ML, "Disable shared key access for a workspace\'s storage account"'],
    },
    types: [WORKSPACE],
    checkResource: requires("systemDatastoresAuthMode", "Identity"),
  },
  // Without isolation, deployments run in a network of Microsoft's that cannot be monitored and that supports no
  // private endpoints. The legacy mode does not allow isolated endpoints.
  {
    id: "workspace-isolation",
    title: "Egress from deployments uses the workspace's managed network",
    references: { other: ['Azure ML, "Network isolation with managed online endpoints"'] },
    types: [WORKSPACE],
    checkResource: ({ inputs }) => [
      ...mustBe(
        inputs,
        "managedNetwork.isolationMode",
        "AllowInternetOutbound",
        "AllowOnlyApprovedOutbound",
      ),
      ...mustBe(inputs, "v1LegacyMode", false),
    ],
  },
  // Production has no workspace today; a future one must not be open. Azure's default is open, so a missing value
  // fails.
  {
    id: "workspace-public-access-off",
    title: "The workspace is reachable only through private endpoints",
    targets: PRODUCTION,
    references: {
      psrule: ["Azure.ML.PublicAccess"],
      azurePolicy: ["438c38d2-3772-465a-a9cc-7a6666a275ce"],
    },
    types: [WORKSPACE],
    checkResource: requires("publicNetworkAccess", "Disabled"),
  },
];

/** A custom image may contain model and code, so these are optional; the environment is always required. */
function pathsOf({ inputs }: PolicyResource): string[] {
  const optional = ["properties.model", "properties.codeConfiguration.codeId"];
  const given = optional.filter((path) => at(inputs, path) !== undefined);
  const hasCode = at(inputs, "properties.codeConfiguration") !== undefined;
  return [
    ...new Set([
      "properties.environmentId",
      ...given,
      ...(hasCode ? ["properties.codeConfiguration.codeId"] : []),
    ]),
  ];
}
