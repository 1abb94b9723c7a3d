import { needs, missing, wrongly, type Case } from "../case";
import { add, all, set, unknown, unset, without } from "../graphs";

/** Roles and federation. */

const GRANT = "cluster-identity-acr-pull";
const CREDENTIAL = "scoring-identity-credential";
const SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000";
const ROLE = `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions`;
const OWNER = `${ROLE}/8e3af657-a8ff-443c-a75c-2fe8c4bcb635`;
const CONTRIBUTOR = `${ROLE}/b24988ac-6180-42a0-ab88-20f7382dd24c`;
const ACCESS = `${ROLE}/18d7d88d-d35e-4fb5-a5c3-7773c20a72d9`;
const RBAC_ADMINISTRATOR = `${ROLE}/F58310D9-A9F6-439A-9E8D-F62E7B41A168`;

const ROLE_DEFINITION = "azure-native:authorization:RoleDefinition";
const ML = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints";
const SCORE = `${ML}/score/action`;

const OWN_ROLE = "aaaaaaaa-2222-3333-4444-555555555555";

const permitting = (permission: object) => [permission];

export const identities: Readonly<Record<string, Case>> = {
  "role-principal-type": {
    from: "production",
    breaks: needs(GRANT, "principalType", "Everybody", ""),
  },
  "role-groups-not-people": { from: "production", breaks: needs(GRANT, "principalType", "User") },
  "role-not-broad": {
    from: "production",
    breaks: needs(GRANT, "roleDefinitionId", OWNER, CONTRIBUTOR, ACCESS, RBAC_ADMINISTRATOR),
  },
  "role-reviewed": {
    from: "production",
    given: all(
      add(ROLE_DEFINITION, { roleDefinitionId: OWN_ROLE }),
      set(GRANT, "roleDefinitionId", `${ROLE}/${OWN_ROLE.toUpperCase()}`),
    ),
    breaks: [
      ...needs(
        GRANT,
        "roleDefinitionId",
        OWNER,
        `${ROLE}/11111111-2222-3333-4444-555555555555`,
        `${ROLE}/constructor`,
      ),
      wrongly("a custom role of others", without("added"), GRANT),
    ],
  },
  "role-definition-narrow": {
    from: "sandbox",
    given: add(ROLE_DEFINITION, { permissions: permitting({ actions: [SCORE] }) }),
    breaks: [
      ...[
        { actions: [`${ML}/*`] },
        { actions: [SCORE, `${ML}/write`] },
        { actions: [SCORE], dataActions: ["*"] },
        { actions: [] },
        {},
      ].map((one) =>
        wrongly(JSON.stringify(one), set("added", "permissions", permitting(one)), "added"),
      ),
      wrongly("unknown actions", unknown("added", "permissions"), "added"),
      missing("no permissions", unset("added", "permissions"), "added"),
    ],
  },
  "role-narrow-scope": {
    from: "production",
    breaks: [
      ...needs(
        GRANT,
        "scope",
        SUBSCRIPTION,
        `${SUBSCRIPTION}/resourceGroups/rg`,
        "/providers/Microsoft.Management/managementGroups/all",
        "/",
      ),
      wrongly(
        "a scope from the resource group alone",
        add(
          "azure-native:authorization:RoleAssignment",
          { scope: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" },
          { sources: { scope: ["urn:of:nobody"] } },
        ),
        "added",
      ),
    ],
  },
  "federation-exact": {
    from: "production",
    breaks: [
      ...needs(
        CREDENTIAL,
        "subject",
        "system:serviceaccount:*:scoring",
        "repo:somebody/somewhere:ref:refs/heads/main",
      ),
      ...needs(CREDENTIAL, "audiences.0", "api://somebody"),
      wrongly("no audience", set(CREDENTIAL, "audiences", []), CREDENTIAL),
      wrongly(
        "two audiences",
        set(CREDENTIAL, "audiences", ["api://AzureADTokenExchange", "x"]),
        CREDENTIAL,
      ),
      wrongly("an issuer without TLS", set(CREDENTIAL, "issuer", "http://example.org"), CREDENTIAL),
      missing("issuer missing", unset(CREDENTIAL, "issuer"), CREDENTIAL),
    ],
  },
};
