import { at, fault, mustBe, mustBeAtLeast, requires, textAt, UNKNOWN } from "../inputChecks";
import { comesFromSome, names, ofType, violations } from "../relations";
import { BOTH, type PolicyResource, PRODUCTION, type Rule } from "../rule";

const DEPLOYMENT = "azure-native:machinelearningservices:OnlineDeployment";
const ENDPOINT = "azure-native:machinelearningservices:OnlineEndpoint";
const WORKSPACE = "azure-native:machinelearningservices:Workspace";

/** A version of an asset: of this workspace, of another one, or of a registry. */
const VERSION = /\/versions\/(?!latest$)[^/@]+$/i;

const ASSETS = [
  "pulumi-nodejs:dynamic/mlscore:CodeVersion",
  "pulumi-nodejs:dynamic/mlscore:EnvironmentVersion",
  "pulumi-nodejs:dynamic/mlscore:ModelVersion",
];

const OWN = "properties.publicNetworkAccess";

const DIGEST = /@sha256:[0-9a-f]{64}$/;

export const azureMlRules: readonly Rule[] = [
  // A key or a SAS in a datastore is handed to everybody who may read the datastore.
  {
    id: "datastore-without-credentials",
    title: "A datastore keeps no credentials",
    severity: "mandatory",
    targets: BOTH,
    references: { other: ['Azure ML, "Create datastores", identity-based access'] },
    types: ["azure-native:machinelearningservices:Datastore"],
    checkResource: requires("properties.credentials.credentialsType", "None"),
  },
  // One may do in a sandbox. In production three, Azure's advice for availability (managed online deployment YAML
  // schema, `instance_count`); said, because a missing number is Azure's to choose.
  {
    id: "deployment-minimum-instances",
    title: "A deployment has enough instances",
    severity: "mandatory",
    targets: BOTH,
    references: { other: ["Azure ML, managed online deployment YAML schema, instance_count"] },
    types: [DEPLOYMENT],
    checkResource: ({ inputs }, target) =>
      mustBeAtLeast(inputs, "sku.capacity", target === "production" ? 3 : 1),
  },
  // A label such as `@latest` is somebody's decision of tomorrow. Ids that are unknown before the run must come from
  // versions that this stack registers, whose names are hashes of their content.
  {
    id: "deployment-pinned-assets",
    title: "A deployment names versions of its model, code and environment",
    severity: "mandatory",
    targets: BOTH,
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
            .map(({ path, value }) => fault(path, value, "…/versions/<version>")),
        ),
      );
    },
  },
  // Azure's own probes wait longer for a dead server than callers do. Advisory: they are there, and are better than
  // none.
  {
    id: "deployment-probes",
    title: "A deployment says when it is ready and when it is alive",
    severity: "advisory",
    targets: BOTH,
    references: { other: ["Azure ML, managed online deployment YAML schema, ProbeSettings"] },
    types: [DEPLOYMENT],
    checkResource: ({ inputs }) =>
      ["properties.livenessProbe", "properties.readinessProbe"].flatMap((path) =>
        at(inputs, path) === undefined ? [fault(path, undefined, "given, with its times")] : [],
      ),
  },
  // In a sandbox a key is good enough for a demonstration; what serves production takes tokens of Entra ID, because a
  // key is shared and names nobody.
  {
    id: "endpoint-auth",
    title: "The endpoint says how callers prove who they are",
    severity: "mandatory",
    targets: BOTH,
    references: { other: ['Azure ML, "Authentication and authorization for online endpoints"'] },
    types: [ENDPOINT],
    checkResource: ({ inputs }, target) =>
      target === "production"
        ? mustBe(inputs, "properties.authMode", "AADToken")
        : mustBe(inputs, "properties.authMode", "AADToken", "AMLToken", "Key"),
  },
  // A key is shared by all callers and works until somebody renews it. Advisory, see `endpoint-auth`.
  {
    id: "endpoint-entra-auth",
    title: "The endpoint takes tokens of Entra ID",
    severity: "advisory",
    targets: BOTH,
    references: { other: ['Azure ML, "Authentication and authorization for online endpoints"'] },
    types: [ENDPOINT],
    checkResource: requires("properties.authMode", "AADToken"),
  },
  // With it a deployment pulls its image and reads its model; without, the workspace's keys would have to do it.
  {
    id: "endpoint-identity",
    title: "The endpoint has an identity",
    severity: "mandatory",
    targets: BOTH,
    references: {
      other: [
        'Azure ML, "Authentication and authorization for online endpoints", endpoint identity',
      ],
    },
    types: [ENDPOINT],
    checkResource: requires("identity.type", "UserAssigned", "SystemAssigned"),
  },
  // What serves production is called from inside the network. The endpoint's own setting counts for its creation only
  // where the stack ignores its changes: then it is written with the split, and that is what is looked at as well.
  {
    id: "endpoint-public-access-off",
    title: "The endpoint is reached from inside the network alone",
    severity: "mandatory",
    targets: PRODUCTION,
    references: { other: ['Azure ML, "Network isolation with managed online endpoints"'] },
    checkStack: (resources) =>
      ofType(resources, ENDPOINT).flatMap((endpoint) => {
        const splits = ofType(resources, "pulumi-nodejs:dynamic/mlscore:TrafficSplit").filter(
          (split) => names(split, "endpointName", endpoint, endpoint.inputs["endpointName"]),
        );
        const isWrittenByOwn = !endpoint.ignoreChanges.includes(OWN) || splits.length === 0;
        return [
          ...(isWrittenByOwn ? violations(endpoint, mustBe(endpoint.inputs, OWN, "Disabled")) : []),
          ...splits
            .filter(() => !isWrittenByOwn)
            .flatMap((split) =>
              violations(split, mustBe(split.inputs, "settings.publicNetworkAccess", "Disabled")),
            ),
        ];
      }),
  },
  // Behind a tag the image changes, and a deployment that is made again runs something else than what was tested. An
  // environment that is built from a context has its content in its version.
  {
    id: "environment-image-pinned",
    title: "An environment's image is named by its digest",
    severity: "mandatory",
    targets: BOTH,
    references: { other: ['Azure ML, "Azure Machine Learning environments", reproducibility'] },
    types: ["pulumi-nodejs:dynamic/mlscore:EnvironmentVersion"],
    checkResource: ({ inputs }) => {
      if (at(inputs, "properties.build") !== undefined) return [];
      const image = textAt(inputs, "properties.image");
      return image !== undefined && DIGEST.test(image)
        ? []
        : [fault("properties.image", at(inputs, "properties.image"), "name@sha256:…")];
    },
  },
  // Code from a package index can send models anywhere. Advisory: a sandbox is where people find out what they need.
  {
    id: "workspace-approved-outbound",
    title: "Deployments reach only what is named",
    severity: "advisory",
    targets: BOTH,
    references: { azurePolicy: ["6ddb1705-c8cf-450e-aa4b-19ad6703c440"] },
    types: [WORKSPACE],
    checkResource: requires("managedNetwork.isolationMode", "AllowOnlyApprovedOutbound"),
  },
  // With `AccessKey`, the default, the workspace keeps an account key in its vault and hands it out.
  {
    id: "workspace-datastores-by-identity",
    title: "The workspace reaches its storage by identity",
    severity: "mandatory",
    targets: BOTH,
    references: {
      other: ['Azure ML, "Disable shared key access for a workspace\'s storage account"'],
    },
    types: [WORKSPACE],
    checkResource: requires("systemDatastoresAuthMode", "Identity"),
  },
  // Without isolation deployments are in a network of Microsoft's that nobody sees, and private endpoints out of it
  // are not to be had. The legacy mode refuses isolated endpoints.
  {
    id: "workspace-isolation",
    title: "Deployments leave through the workspace's managed network",
    severity: "mandatory",
    targets: BOTH,
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
  // Production has no workspace today; one that comes must not be open. Azure's default is open, so silence is wrong.
  {
    id: "workspace-public-access-off",
    title: "The workspace is reached through private endpoints alone",
    severity: "mandatory",
    targets: PRODUCTION,
    references: {
      psrule: ["Azure.ML.PublicAccess"],
      azurePolicy: ["438c38d2-3772-465a-a9cc-7a6666a275ce"],
    },
    types: [WORKSPACE],
    checkResource: requires("publicNetworkAccess", "Disabled"),
  },
];

/** An image of one's own may hold model and code; what it is run in is always named. */
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
