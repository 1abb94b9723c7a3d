import { at, mustBeAtLeast, mustSay, requires, UNKNOWN } from "../inputChecks";
import { diagnosticsOf, names, ofType, violations } from "../relations";
import { BOTH, type PolicyResource, type Rule, type Target } from "../rule";

const INSIGHTS = "azure-native:applicationinsights:Component";
const LOGS = "azure-native:operationalinsights:Workspace";

/** What is logged in every stack. */
const ALWAYS = [
  "azure-native:containerregistry:Registry",
  "azure-native:containerservice:ManagedCluster",
  "azure-native:keyvault:Vault",
  "azure-native:machinelearningservices:OnlineEndpoint",
  "azure-native:machinelearningservices:Workspace",
];

const STORAGE = "azure-native:storage:StorageAccount";

/** In production also what guards the network and who reads the features. */
const IN_PRODUCTION = ["azure-native:network:NetworkSecurityGroup", STORAGE];

export const monitoringRules: readonly Rule[] = [
  // What nobody wrote down cannot be looked up. Reads of a storage account are logged by its blob service, which is a
  // resource of its own; the account itself has metrics alone.
  {
    id: "diagnostics-present",
    title: "Logs of what serves, keeps or guards go to the log workspace",
    severity: "mandatory",
    targets: BOTH,
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
  // Whoever has the instrumentation key can write telemetry in our name. Advisory: nothing here proves that Azure
  // ML's own writers can do without the key.
  {
    id: "insights-entra-only",
    title: "Application Insights takes telemetry from identities alone",
    severity: "advisory",
    targets: BOTH,
    references: {
      psrule: ["Azure.AppInsights.LocalAuth"],
      azurePolicy: ["199d5677-e4d9-4264-9465-efe1839c06bd"],
    },
    types: [INSIGHTS],
    checkResource: requires("disableLocalAuth", true),
  },
  // A component without a workspace is of the retired kind, with a retention and rights of its own.
  {
    id: "insights-in-workspace",
    title: "Application Insights keeps its data in the stack's log workspace",
    severity: "mandatory",
    targets: BOTH,
    references: {
      psrule: ["Azure.AppInsights.Workspace"],
      azurePolicy: ["d550e854-df1a-4de9-bf44-cd894b39a95e"],
    },
    types: [INSIGHTS],
    checkResource: ({ inputs }) =>
      // The id of the stack's own workspace is Azure's and unknown in a first preview; that there is one is what counts.
      at(inputs, "workspaceResourceId") === UNKNOWN
        ? []
        : mustSay(inputs, "workspaceResourceId", "the id of a Log Analytics workspace"),
  },
  // The workspace's shared keys let whoever has them write logs, and so hide things among them.
  {
    id: "logs-local-auth-off",
    title: "Logs are read and written by identities alone",
    severity: "mandatory",
    targets: BOTH,
    references: { azurePolicy: ["e15effd4-2278-4c65-a0da-4d6f6d1890e2"] },
    types: [LOGS],
    checkResource: requires("features.disableLocalAuth", true),
  },
  // What happened is asked for weeks later. 30 days cost nothing more than fewer do (Azure Monitor Logs, cost
  // calculations).
  {
    id: "logs-retention",
    title: "Logs are kept for 30 days or more",
    severity: "mandatory",
    targets: BOTH,
    references: { other: ["Azure Monitor Logs, cost calculations and options"] },
    types: [LOGS],
    checkResource: ({ inputs }) => mustBeAtLeast(inputs, "retentionInDays", 30),
  },
];

function loggedTypes(target: Target): string[] {
  return target === "production" ? [...ALWAYS, ...IN_PRODUCTION] : ALWAYS;
}

/** The resources that a setting for this one can be on. */
function logSources(
  resource: PolicyResource,
  resources: readonly PolicyResource[],
): PolicyResource[] {
  if (resource.type !== STORAGE) return [resource];
  return ofType(resources, "azure-native:storage:BlobServiceProperties").filter((service) =>
    names(service, "accountName", resource, resource.inputs["accountName"]),
  );
}
