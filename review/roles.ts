import { roleDefinitionIds } from "../components/roleDefinitions";
import { listAt, textAt, textsAt } from "../graph/paths";
import type { StackGraph } from "./model";

/** What somebody with a role can do, from least to most. */
type Power = "read" | "write" | "manage" | "grant";

const POWERS: readonly Power[] = ["read", "write", "manage", "grant"];

interface Role {
  readonly name: string;
  /** Undefined for a role that this table does not know: nobody has looked at it. */
  readonly power: Power | undefined;
}

/** The roles that this project grants (components/roleDefinitions.ts), by what their documentation says they can do. */
const OWN: Readonly<Record<keyof typeof roleDefinitionIds, Power>> = {
  AcrPull: "read",
  "Azure Kubernetes Service Cluster User Role": "read",
  "Azure Kubernetes Service RBAC Cluster Admin": "manage",
  "Azure Kubernetes Service RBAC Reader": "read",
  "AzureML Metrics Writer (preview)": "write",
  "Key Vault Secrets User": "read",
  "Managed Identity Operator": "manage",
  "Monitoring Metrics Publisher": "write",
  "Network Contributor": "manage",
  "Private DNS Zone Contributor": "manage",
  "Storage Blob Data Contributor": "write",
  "Storage Blob Data Reader": "read",
};

/** Others that slip in most often (Azure built-in roles). */
const OTHERS: Readonly<Record<string, Role>> = {
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": { name: "Owner", power: "grant" },
  "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": { name: "User Access Administrator", power: "grant" },
  "f58310d9-a9f6-439a-9e8d-f62e7b41a168": {
    name: "Role Based Access Control Administrator",
    power: "grant",
  },
  "b24988ac-6180-42a0-ab88-20f7382dd24c": { name: "Contributor", power: "manage" },
  "acdd72a7-3385-48ef-bd42-f606fba81ae7": { name: "Reader", power: "read" },
  "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": { name: "Storage Blob Data Owner", power: "manage" },
  "8311e382-0749-4cb8-b61a-304f252e45ec": { name: "AcrPush", power: "write" },
  "c2f4ef07-c644-48eb-af81-4b1b4947fb11": { name: "AcrDelete", power: "write" },
};

const ROLES: Readonly<Record<string, Role>> = {
  ...OTHERS,
  ...Object.fromEntries(
    Object.entries(roleDefinitionIds).map(([name, id]) => {
      return [id, { name, power: OWN[name as keyof typeof OWN] }] as const;
    }),
  ),
};

/** Of a role of the stack's own, what is known: that it only sends requests, or nothing. */
const SCORE_ACTION = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/score/action";

/** The roles that a stack makes, by GUID. */
export function ownRoles({ resources }: StackGraph): ReadonlyMap<string, Role> {
  return new Map(
    resources
      .filter(({ type }) => type === "azure-native:authorization:RoleDefinition")
      .map(({ inputs }) => {
        const allowed = listAt(inputs, "permissions").flatMap((one) => [
          ...textsAt(one, "actions"),
          ...textsAt(one, "dataActions"),
        ]);
        const onlyScores = allowed.length > 0 && allowed.every((one) => one === SCORE_ACTION);
        const name = `${textAt(inputs, "roleName")} (${allowed.join(", ")})`;
        const guid = textAt(inputs, "roleDefinitionId").toLowerCase();
        return [guid, { name, power: onlyScores ? "read" : undefined }] as const;
      }),
  );
}

/** The role of a definition's id, `/subscriptions/…/roleDefinitions/<guid>`. */
export function roleOf(roleDefinitionId: string, own: ReadonlyMap<string, Role>): Role {
  const guid = roleDefinitionId.split("/").at(-1)?.toLowerCase() ?? "";
  return ROLES[guid] ?? own.get(guid) ?? { name: `role ${guid}`, power: undefined };
}

/** Whether a role lets one do more than another; an unknown one counts as more. */
export function isMore(role: Role, than: Role): boolean {
  if (role.name === than.name) return false;
  if (role.power === undefined) return true;
  const known = than.power === undefined ? POWERS.length : POWERS.indexOf(than.power);
  return POWERS.indexOf(role.power) > known;
}
