import { textAt, textsAt, type Inputs } from "../../graph/paths";
import { sameText } from "../../graph/sameText";
import { Refusal } from "./refusal";
import type { StoredResources, TypeRules } from "./typeRules";

const ASSIGNMENT = "azure-native:authorization:RoleAssignment";
const DEFINITION = "azure-native:authorization:RoleDefinition";

/** Microsoft.Authorization/roleAssignments 2022-04-01, principalType. */
const PRINCIPAL_TYPES = ["User", "Group", "ServicePrincipal", "ForeignGroup", "Device"];

/** A management group, a subscription or a resource group. */
const ASSIGNABLE =
  /^(?:\/providers\/Microsoft\.Management\/managementGroups\/[^/]+|\/subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+)?)$/i;

/** Rules of Azure RBAC beyond names and parents; codes are those of its troubleshooting page. */
export const roleRules: Readonly<Record<string, TypeRules>> = {
  [DEFINITION]: {
    put(inputs, id, store) {
      assertScopes(inputs, id);
      const name = textAt(inputs, "roleName");
      const other = store
        .list(DEFINITION)
        .find((one) => !sameText(one.id, id) && sameText(textAt(one.inputs, "roleName"), name));
      if (other === undefined) return;
      throw new Refusal(
        "RoleDefinitionWithSameNameExists",
        `A custom role with the same name already exists in this directory: ${name} (${other.id})`,
        "role-name-once",
      );
    },
    delete({ id }, store) {
      const used = store
        .list(ASSIGNMENT)
        .filter(({ inputs }) => sameText(guidOf(textAt(inputs, "roleDefinitionId")), guidOf(id)));
      if (used.length === 0) return;
      throw new Refusal(
        "RoleDefinitionHasAssignments",
        `There are existing role assignments referencing role ${id} (${used.length})`,
        "role-in-use",
      );
    },
  },
  [ASSIGNMENT]: {
    put(inputs, id, store) {
      const type = textAt(inputs, "principalType");
      // Without it, Azure looks the principal up.
      if (type !== "" && !PRINCIPAL_TYPES.includes(type)) {
        throw new Refusal(
          "BadRequest",
          `principalType of ${id} is ${type}; it is one of ${PRINCIPAL_TYPES.join(", ")}`,
          "role-principal-types",
        );
      }
      assertAssignable(inputs, id, store);
      assertOnce(inputs, id, store);
    },
  },
};

function assertScopes(inputs: Inputs, id: string): void {
  const scopes = textsAt(inputs, "assignableScopes");
  const wrong = scopes.filter((scope) => !ASSIGNABLE.test(scope));
  if (scopes.length > 0 && wrong.length === 0) return;
  throw new Refusal(
    "InvalidRoleDefinitionAssignableScopes",
    `assignableScopes of ${id} needs groups, subscriptions or management groups, not ${wrong.join(", ") || "nothing"}`,
    "role-assignable-scopes",
  );
}

/** Only of a role that the stack has made: of others, the emulator knows nothing. */
function assertAssignable(inputs: Inputs, id: string, store: StoredResources): void {
  const guid = guidOf(textAt(inputs, "roleDefinitionId"));
  const role = store.list(DEFINITION).find((one) => sameText(guidOf(one.id), guid));
  if (role === undefined) return;
  const scope = `${textAt(inputs, "scope").toLowerCase()}/`;
  const scopes = textsAt(role.inputs, "assignableScopes");
  if (scopes.some((one) => scope.startsWith(`${one.toLowerCase()}/`))) return;
  throw new Refusal(
    "BadRequest",
    `the role ${textAt(role.inputs, "roleName")} cannot be assigned on ${textAt(inputs, "scope")} (${id}): its assignable scopes are ${scopes.join(", ")}`,
    "role-assignable-scopes",
  );
}

function assertOnce(inputs: Inputs, id: string, store: StoredResources): void {
  const same = (one: Inputs) =>
    sameText(textAt(one, "principalId"), textAt(inputs, "principalId")) &&
    sameText(textAt(one, "scope"), textAt(inputs, "scope")) &&
    sameText(guidOf(textAt(one, "roleDefinitionId")), guidOf(textAt(inputs, "roleDefinitionId")));
  const other = store.list(ASSIGNMENT).find((one) => !sameText(one.id, id) && same(one.inputs));
  if (other === undefined) return;
  throw new Refusal(
    "RoleAssignmentExists",
    `The role assignment already exists: ${other.id}`,
    "role-assignment-once",
  );
}

function guidOf(roleDefinitionId: string): string {
  return roleDefinitionId.split("/").at(-1) ?? "";
}
