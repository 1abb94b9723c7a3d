import { BOTH, type ResourceRule } from "../../rule";
import { at, fault, textAt } from "../../inputChecks";

/** Azure built-in roles; none of them grants roles, none is wider than what it is for. */
const REVIEWED_ROLES: Readonly<Record<string, string>> = {
  "7f951dda-4ed3-4680-a7ca-43fe172d538d": "AcrPull",
  "4abbcc35-e782-43d8-92c5-2d3f1bd2253f": "Azure Kubernetes Service Cluster User Role",
  "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b": "Azure Kubernetes Service RBAC Cluster Admin",
  "7f6c6a51-bcf8-42ba-9220-52d62157d7db": "Azure Kubernetes Service RBAC Reader",
  "635dd51f-9968-44d3-b7fb-6d9a6bd613ae": "AzureML Metrics Writer (preview)",
  "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
  "f1a07417-d97a-45cb-824c-7a7467783830": "Managed Identity Operator",
  "4d97b98b-1d4f-4787-a291-c67834d212e7": "Network Contributor",
  "b12aa53e-6015-4669-85d0-8515ebb3ae7f": "Private DNS Zone Contributor",
  "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
  "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "Storage Blob Data Reader",
};

/**
 * A role that is not in this list may be fine; somebody has to read what it allows and put it here. Custom roles are
 * not taken: their rights change without the assignment.
 */
export const roleReviewed: ResourceRule = {
  id: "role-reviewed",
  title: "Every role that is granted has been looked at",
  severity: "mandatory",
  targets: BOTH,
  references: {
    cisAks: ["5.1.2", "5.1.3"],
    azurePolicy: ["a451c1ef-c6ca-483d-87ed-f49761e3ffb5"],
    other: ["Azure built-in roles"],
  },
  sees: "resource",
  types: ["azure-native:authorization:RoleAssignment"],
  check: ({ inputs }) => {
    const id = textAt(inputs, "roleDefinitionId");
    if (id === undefined) {
      return [fault("roleDefinitionId", at(inputs, "roleDefinitionId"), "the id of a role")];
    }
    const role = id.split("/").at(-1)?.toLowerCase() ?? "";
    return Object.hasOwn(REVIEWED_ROLES, role)
      ? []
      : [
          `grants role ${role}, which nobody has reviewed; add it to role-reviewed.ts with its name`,
        ];
  },
};
