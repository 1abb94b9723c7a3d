import { PRODUCTION, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/**
 * A person changes teams, and nobody finds all the roles. In a sandbox a data scientist may have one for a
 * demonstration.
 */
export const roleGroupsNotPeople: ResourceRule = {
  id: "role-groups-not-people",
  title: "Roles are given to groups and identities, not to single people",
  severity: "mandatory",
  targets: PRODUCTION,
  references: {
    psrule: ["Azure.RBAC.UseGroups"],
  },
  sees: "resource",
  types: ["azure-native:authorization:RoleAssignment"],
  check: ({ inputs }) => mustBe(inputs, "principalType", "ServicePrincipal", "Group"),
};
