import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** Without it Azure looks the principal up in Entra ID, and refuses one that was made seconds ago. */
export const rolePrincipalType: ResourceRule = {
  id: "role-principal-type",
  title: "Every role assignment says what kind of principal it is for",
  severity: "mandatory",
  targets: BOTH,
  references: {
    other: ["pulumi-azure-native issues 771 and 1010"],
  },
  sees: "resource",
  types: ["azure-native:authorization:RoleAssignment"],
  check: ({ inputs }) => mustBe(inputs, "principalType", "ServicePrincipal", "Group", "User"),
};
