import { at, problem, items, requires, knownText, UNKNOWN } from "../inputChecks";
import { comesFromSome, ofType, violations } from "../relations";
import { type PolicyResource, PRODUCTION, type RuleDefinition } from "../rule";

const ROLE_ASSIGNMENT = "azure-native:authorization:RoleAssignment";

const ROLE_DEFINITION = "azure-native:authorization:RoleDefinition";

const AUDIENCE = "api://AzureADTokenExchange";
const SERVICE_ACCOUNT = /^system:serviceaccount:[a-z0-9][a-z0-9-]*:[a-z0-9][a-z0-9.-]*$/;

/** A single resource, or a child of one. */
const ONE_RESOURCE = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/[^/]+(\/[^/]+)+$/i;

/** Azure built-in roles, privileged. */
const BROAD_ROLES: Readonly<Record<string, string>> = {
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
  "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
  "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
  "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
};

/** Azure built-in roles; none of them can grant roles, and none allows more than its purpose needs. */
const REVIEWED_ROLES: Readonly<Record<string, string>> = {
  "7f951dda-4ed3-4680-a7ca-43fe172d538d": "AcrPull",
  "4abbcc35-e782-43d8-92c5-2d3f1bd2253f": "Azure Kubernetes Service Cluster User Role",
  "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b": "Azure Kubernetes Service RBAC Cluster Admin",
  "7f6c6a51-bcf8-42ba-9220-52d62157d7db": "Azure Kubernetes Service RBAC Reader",
  "635dd51f-9968-44d3-b7fb-6d9a6bd613ae": "AzureML Metrics Writer (preview)",
  "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
  "f1a07417-d97a-45cb-824c-7a7467783830": "Managed Identity Operator",
  "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
  "4d97b98b-1d4f-4787-a291-c67834d212e7": "Network Contributor",
  "b12aa53e-6015-4669-85d0-8515ebb3ae7f": "Private DNS Zone Contributor",
  "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
  "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "Storage Blob Data Reader",
};

/** What a role of a stack's own may allow: to call an endpoint, not to read or change it. */
const REVIEWED_ACTIONS: readonly unknown[] = [
  "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/score/action",
];

export const identityRules: readonly RuleDefinition[] = [
  // Anyone who can present a token with this subject can act as the identity. The issuer is the cluster's own and
  // unknown in a first preview; the program decides who may use the identity.
  {
    id: "federation-exact",
    title: "A federated credential trusts one service account",
    references: {
      azurePolicy: ["ae62c456-33de-4dc8-b100-7ce9028a7d99", "2571b7c3-3056-4a61-b00a-9bc5232234f5"],
    },
    types: ["azure-native:managedidentity:FederatedIdentityCredential"],
    checkResource: ({ inputs }) => {
      const audiences = items(inputs["audiences"]);
      const subject = knownText(inputs, "subject");
      return [
        ...(audiences.length === 1 && audiences[0] === AUDIENCE
          ? []
          : [problem("audiences", inputs["audiences"], `["${AUDIENCE}"]`)]),
        ...(subject !== undefined && SERVICE_ACCOUNT.test(subject)
          ? []
          : [problem("subject", inputs["subject"], "system:serviceaccount:<namespace>:<name>")]),
        ...(inputs["issuer"] === UNKNOWN ||
        knownText(inputs, "issuer")?.startsWith("https://") === true
          ? []
          : [problem("issuer", inputs["issuer"], "the https address of the cluster's issuer")]),
      ];
    },
  },
  // A custom role can allow anything, now or after a change that nobody notices where it is granted.
  {
    id: "role-definition-narrow",
    title: "A role of the stack's own allows only reviewed actions",
    references: {
      azurePolicy: ["a451c1ef-c6ca-483d-87ed-f49761e3ffb5"],
      other: ['Azure ML, "Authentication and authorization for online endpoints", data plane'],
    },
    types: [ROLE_DEFINITION],
    checkResource: ({ inputs }) => {
      const permissions = items(inputs["permissions"]);
      const allowed = permissions.flatMap((one) => [
        ...items(at(one, "actions")),
        ...items(at(one, "dataActions")),
      ]);
      const isNarrow = allowed.length > 0 && allowed.every((one) => REVIEWED_ACTIONS.includes(one));
      return isNarrow
        ? []
        : [problem("permissions", inputs["permissions"], `${REVIEWED_ACTIONS.join(", ")} alone`)];
    },
  },
  // A person changes teams, and nobody finds all of their roles. In a sandbox a data scientist may have one for a
  // demonstration.
  {
    id: "role-groups-not-people",
    title: "Roles are granted to groups and identities, not to individual users",
    targets: PRODUCTION,
    references: { psrule: ["Azure.RBAC.UseGroups"] },
    types: [ROLE_ASSIGNMENT],
    checkResource: requires("principalType", "ServicePrincipal", "Group"),
  },
  // A role on a subscription or a resource group applies to everything that is added there later. A scope that is
  // unknown before the run must come from a resource of this stack other than a group: the id of a subscription is
  // never unknown.
  {
    id: "role-narrow-scope",
    title: "Roles are granted on single resources",
    references: {
      psrule: ["Azure.RBAC.LimitMGDelegation"],
      other: ["Azure RBAC, best practices, limit the scope"],
    },
    checkStack: (resources) => {
      const wide = ["azure-native:resources:ResourceGroup", "pulumi:providers:azure-native"];
      const narrow = resources.filter(({ type }) => !wide.includes(type));
      return ofType(resources, ROLE_ASSIGNMENT).flatMap((assignment) => {
        const { scope } = assignment.inputs;
        const isNarrow =
          scope === UNKNOWN
            ? comesFromSome(assignment, "scope", narrow)
            : typeof scope === "string" && ONE_RESOURCE.test(scope);
        return isNarrow
          ? []
          : violations(assignment, [problem("scope", scope, "a single resource")]);
      });
    },
  },
  // Owner and the two administrators can grant any role, also to themselves; Contributor can change everything else,
  // including the guards of this stack. The rule applies to every scope.
  {
    id: "role-not-broad",
    title: "No role can do everything or grant roles",
    references: { psrule: ["Azure.RBAC.LimitOwner"], other: ["Azure built-in roles"] },
    types: [ROLE_ASSIGNMENT],
    checkResource: checkRole((role) => {
      const name = Object.hasOwn(BROAD_ROLES, role) ? BROAD_ROLES[role] : undefined;
      return name === undefined
        ? []
        : [`grants ${name}; grant a role limited to the required actions`];
    }),
  },
  // Without it Azure looks the principal up in Entra ID, and refuses one that was created seconds ago.
  {
    id: "role-principal-type",
    title: "Every role assignment sets its principal type",
    references: { other: ["pulumi-azure-native issues 771 and 1010"] },
    types: [ROLE_ASSIGNMENT],
    checkResource: requires("principalType", "ServicePrincipal", "Group", "User"),
  },
  // A role that is not in this list may be fine; somebody has to read what it allows and add it here. Of custom roles only
  // the stack's own are allowed, whose rights `role-definition-narrow` reads: those of others can change while the assignment stays.
  {
    id: "role-reviewed",
    title: "Every granted role has been reviewed",
    references: {
      cisAks: ["5.1.2", "5.1.3"],
      azurePolicy: ["a451c1ef-c6ca-483d-87ed-f49761e3ffb5"],
      other: ["Azure built-in roles"],
    },
    checkStack: (resources) => {
      const own = ofType(resources, ROLE_DEFINITION).map(({ inputs }) =>
        knownText(inputs, "roleDefinitionId")?.toLowerCase(),
      );
      const check = checkRole((role) =>
        Object.hasOwn(REVIEWED_ROLES, role) || own.includes(role)
          ? []
          : [
              `grants role ${role}, which nobody has reviewed; add it to policy/rules/identity.ts with its name`,
            ],
      );
      return ofType(resources, ROLE_ASSIGNMENT).flatMap((one) => violations(one, check(one)));
    },
  },
];

/** A check of the role that an assignment grants, by the GUID at the end of its id. */
function checkRole(check: (role: string) => readonly string[]) {
  return ({ inputs }: PolicyResource): readonly string[] => {
    const id = knownText(inputs, "roleDefinitionId");
    return id === undefined
      ? [problem("roleDefinitionId", at(inputs, "roleDefinitionId"), "the id of a role")]
      : check(id.split("/").at(-1)?.toLowerCase() ?? "");
  };
}
