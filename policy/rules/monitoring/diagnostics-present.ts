import { diagnosticsOf } from "../../diagnostics";
import { names, ofType, violations } from "../../relations";
import { BOTH, type PolicyResource, type StackRule, type Target } from "../../rule";

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

/**
 * What nobody wrote down cannot be looked up. Reads of a storage account are logged by its blob service, which is a
 * resource of its own; the account itself has metrics alone.
 */
export const diagnosticsPresent: StackRule = {
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
  sees: "stack",
  check: (resources, target) =>
    ofType(resources, ...loggedTypes(target))
      .filter((resource) =>
        logSources(resource, resources).every(
          (source) => diagnosticsOf(source, resources).length === 0,
        ),
      )
      .flatMap((resource) => violations(resource, ["sends no logs to a log workspace"])),
};

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
