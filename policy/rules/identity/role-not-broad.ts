import { BOTH, type ResourceRule } from "../../rule";
import { at, fault, textAt } from "../../inputChecks";

/** Azure built-in roles, privileged. */
const BROAD_ROLES: Readonly<Record<string, string>> = {
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
  "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
  "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
  "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
};

/**
 * Owner and the two administrators can grant any role, to themselves too; Contributor can change everything else,
 * this stack's guards among it. Not on any scope.
 */
export const roleNotBroad: ResourceRule = {
  id: "role-not-broad",
  title: "Nobody gets a role that can do everything or grant roles",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.RBAC.LimitOwner"],
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
    const name = Object.hasOwn(BROAD_ROLES, role) ? BROAD_ROLES[role] : undefined;
    return name === undefined ? [] : [`grants ${name}; grant a role for what is needed`];
  },
};
