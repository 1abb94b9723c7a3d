import { describe, expect, it } from "@jest/globals";
import { AzureStore } from "../../../emulator/azure/azureStore";
import type { Inputs } from "../../../graph/paths";

/** What the emulator knows of Azure RBAC. */

const GROUP = "/subscriptions/sub/resourceGroups/rg";
const ENDPOINT = `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces/w/onlineEndpoints/e`;
const ROLE = "11111111-1111-4111-8111-111111111111";
const OTHER = "22222222-2222-4222-8222-222222222222";
const ASSIGNMENT = "33333333-3333-4333-8333-333333333333";
const DEFINITIONS = "azure-native:authorization:RoleDefinition";
const ASSIGNMENTS = "azure-native:authorization:RoleAssignment";

const role: Inputs = {
  roleDefinitionId: ROLE,
  roleName: "Caller",
  scope: GROUP,
  assignableScopes: [GROUP],
  permissions: [],
};
const assignment: Inputs = {
  roleAssignmentName: ASSIGNMENT,
  principalId: "44444444-4444-4444-8444-444444444444",
  principalType: "User",
  roleDefinitionId: `/subscriptions/sub/providers/Microsoft.Authorization/roleDefinitions/${ROLE}`,
  scope: ENDPOINT,
};

function store(): AzureStore {
  const place = { subscriptionId: "sub", tenantId: "tenant", resourceGroups: ["rg", "other"] };
  return new AzureStore({ ...place, existing: [ENDPOINT] });
}

describe("a role", () => {
  it("is assigned once, and can be deleted when it is no longer", () => {
    const created = store();
    const { id } = created.create(DEFINITIONS, role);
    const grant = created.create(ASSIGNMENTS, assignment);
    expect(() => {
      created.delete(id);
    }).toThrow(
      `RoleDefinitionHasAssignments: There are existing role assignments referencing role ${id} (1)`,
    );
    created.delete(grant.id);
    created.delete(id);
    expect(created.read(id)).toBeUndefined();
  });

  it.each([
    ["a single resource", [ENDPOINT]],
    ["a single resource beside a group", [GROUP, ENDPOINT]],
    ["everything", ["/"]],
    ["nothing", []],
  ])("cannot be assignable in %s", (_what, assignableScopes) => {
    expect(() => store().create(DEFINITIONS, { ...role, assignableScopes })).toThrow(
      /^InvalidRoleDefinitionAssignableScopes: assignableScopes of /,
    );
  });

  it("cannot have the name of another one", () => {
    const created = store();
    const { id } = created.create(DEFINITIONS, role);
    const second = { ...role, roleDefinitionId: OTHER, roleName: "caller" };
    expect(() => created.create(DEFINITIONS, second)).toThrow(
      `RoleDefinitionWithSameNameExists: A custom role with the same name already exists in this directory: caller (${id})`,
    );
  });

  it("cannot be assigned outside its scopes", () => {
    const created = store();
    const assignableScopes = ["/subscriptions/sub/resourceGroups/other"];
    created.create(DEFINITIONS, { ...role, assignableScopes });
    expect(() => created.create(ASSIGNMENTS, assignment)).toThrow(
      `the role Caller cannot be assigned on ${ENDPOINT}`,
    );
  });
});

describe("an assignment", () => {
  it("cannot be created twice under two names", () => {
    const created = store();
    const { id } = created.create(ASSIGNMENTS, assignment);
    expect(() => created.create(ASSIGNMENTS, { ...assignment, roleAssignmentName: OTHER })).toThrow(
      `RoleAssignmentExists: The role assignment already exists: ${id}`,
    );
  });

  it("needs the Application Insights that it is on", () => {
    const scope = `${GROUP}/providers/Microsoft.Insights/components/none`;
    expect(() => store().create(ASSIGNMENTS, { ...assignment, scope })).toThrow(
      `needs ${scope}, which does not exist`,
    );
  });

  it("needs a kind of principal that there is", () => {
    expect(() => store().create(ASSIGNMENTS, { ...assignment, principalType: "Robot" })).toThrow(
      /^BadRequest: principalType of .* is Robot; it is one of User, Group, ServicePrincipal/,
    );
  });
});
