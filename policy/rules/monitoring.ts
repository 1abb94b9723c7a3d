import { at, mustBeAtLeast, mustBeText, requires, UNKNOWN } from "../inputChecks";
import { diagnosticsOf, names, ofType, violations } from "../relations";
import { type PolicyResource, type RuleDefinition, type Target } from "../rule";

const INSIGHTS = "azure-native:applicationinsights:Component";
const LOGS = "azure-native:operationalinsights:Workspace";

/** Types that send logs in every stack. */
const ALWAYS = [
  "azure-native:containerregistry:Registry",
  "azure-native:containerservice:ManagedCluster",
  "azure-native:keyvault:Vault",
  "azure-native:machinelearningservices:OnlineEndpoint",
  "azure-native:machinelearningservices:Workspace",
];

const STORAGE = "azure-native:storage:StorageAccount";

/** In production also the network's security groups and reads of the features. */
const IN_PRODUCTION = ["azure-native:network:NetworkSecurityGroup", STORAGE];

export const monitoringRules: readonly RuleDefinition[] = [
  // An incident cannot be investigated without logs. The blob service, a separate resource, logs reads of a storage
  // account; the account itself has metrics only.
  {
    id: "diagnostics-present",
    title:
      "Resources that serve requests, hold data or control access send logs to a log workspace",
    references: {
      psrule: ["Azure.KeyVault.Logs"],
      azurePolicy: [
        "245fc9df-fa96-4414-9a0b-3738c2f7341c",
        "afe0c3be-ba3b-4544-ba52-0c99672a8ad6",
        "cf820ca0-f99e-4f3e-84fb-66e913812d21",
      ],
    },
    checkStack: (resources, target) =>
      ofType(resources, ...loggedTypes(target))
        .filter((resource) =>
          logSources(resource, resources).every(
            (source) => diagnosticsOf(source, resources).length === 0,
          ),
        )
        .flatMap((resource) => violations(resource, ["sends no logs to a log workspace"])),
  },
  // Anyone with the instrumentation key can write false telemetry. Advisory: it is not proved that Azure ML's own
  // writers work without the key.
  {
    id: "insights-entra-only",
    title: "Application Insights accepts telemetry from Entra ID identities only",
    severity: "advisory",
    references: {
      psrule: ["Azure.AppInsights.LocalAuth"],
      azurePolicy: ["199d5677-e4d9-4264-9465-efe1839c06bd"],
    },
    types: [INSIGHTS],
    checkResource: requires("disableLocalAuth", true),
  },
  // A component without a workspace is of the retired classic kind, with its own retention and access rights.
  {
    id: "insights-in-workspace",
    title: "Application Insights stores its data in the stack's log workspace",
    references: {
      psrule: ["Azure.AppInsights.Workspace"],
      azurePolicy: ["d550e854-df1a-4de9-bf44-cd894b39a95e"],
    },
    types: [INSIGHTS],
    checkResource: ({ inputs }) =>
      // Azure assigns the workspace's id, which is unknown in a first preview; the rule requires only that there is one.
      at(inputs, "workspaceResourceId") === UNKNOWN
        ? []
        : mustBeText(inputs, "workspaceResourceId", "the id of a Log Analytics workspace"),
  },
  // Anyone with the workspace's shared keys can write logs, and so hide events among them.
  {
    id: "logs-local-auth-off",
    title: "The log workspace accepts only Entra ID identities",
    references: { azurePolicy: ["e15effd4-2278-4c65-a0da-4d6f6d1890e2"] },
    types: [LOGS],
    checkResource: requires("features.disableLocalAuth", true),
  },
  // Incidents are often investigated weeks later. 30 days cost no more than fewer do (Azure Monitor Logs, cost
  // calculations).
  {
    id: "logs-retention",
    title: "Logs are kept for 30 days or more",
    references: { other: ["Azure Monitor Logs, cost calculations and options"] },
    types: [LOGS],
    checkResource: ({ inputs }) => mustBeAtLeast(inputs, "retentionInDays", 30),
  },
];

function loggedTypes(target: Target): string[] {
  return target === "production" ? [...ALWAYS, ...IN_PRODUCTION] : ALWAYS;
}

/** The resources whose diagnostic settings cover this one. */
function logSources(
  resource: PolicyResource,
  resources: readonly PolicyResource[],
): PolicyResource[] {
  if (resource.type !== STORAGE) return [resource];
  return ofType(resources, "azure-native:storage:BlobServiceProperties").filter((service) =>
    names(service, "accountName", resource, resource.inputs["accountName"]),
  );
}
