import { documented, reported, unproved, type Assumption } from "./assumption";

const CUSTOM_ROLES = "Microsoft Learn, Azure custom roles";
const TROUBLESHOOTING = "Microsoft Learn, Troubleshoot Azure RBAC";

/** Azure RBAC. */
export const roles = {
  "role-assignable-scopes": {
    statement:
      "A custom role can be assigned in management groups, subscriptions and resource groups and on what is in them; a single resource is no assignable scope.",
    evidence: documented(`${CUSTOM_ROLES} (AssignableScopes)`),
    check: "PUT of a role definition whose assignable scope is an online endpoint",
  },
  "role-name-once": {
    statement: "The name of a custom role is taken once in a tenant.",
    evidence: documented(`${CUSTOM_ROLES} (Name)`),
    check: "PUT of two role definitions with one name and two GUIDs",
    dependents: ["config/names.ts"],
  },
  "role-in-use": {
    statement: "A custom role that is assigned cannot be deleted.",
    evidence: documented(`${TROUBLESHOOTING} (RoleDefinitionHasAssignments)`),
    check: "DELETE of a role definition that is assigned",
    dependents: ["components/callers.ts"],
  },
  "role-assignment-once": {
    statement: "One principal gets one role on one scope once, whatever the assignment's name.",
    evidence: reported(
      "openshift/cloud-credential-operator, commit ec23983 (RoleAssignmentExists)",
    ),
    check: "PUT of two role assignments that differ by their names alone",
  },
  "role-principal-types": {
    statement:
      "The kind of principal of a role assignment is User, Group, ServicePrincipal, ForeignGroup or Device.",
    evidence: documented("Microsoft.Authorization/roleAssignments 2022-04-01, principalType"),
    check: "PUT of a role assignment with another kind",
  },
  "role-definition-visible": {
    statement: "A custom role can be assigned right after it was created.",
    evidence: unproved(
      "the troubleshooting page says that changes of role assignments can take 10 minutes to take effect; of new roles it says nothing",
    ),
    check:
      "pulumi up of a stack with callers and without callerRole, in a tenant that has never had it",
    dependents: ["components/callers.ts"],
  },
} as const satisfies Readonly<Record<string, Assumption>>;
