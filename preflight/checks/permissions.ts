import { listAt, textsAt } from "../../graph/paths";
import { rights } from "../../azure/rights";
import { allows, roleActions, type RoleActions } from "../../azure/roleActions";
import type { Declared } from "../declared";
import type { AnswerTo, Check, Found } from "../finding";
import type { Question } from "../question";
import { groupExists, groupQuestion } from "./resourceGroup";

/** What the update does at one scope. */
interface Need {
  readonly scope: string;
  readonly actions: readonly string[];
}

/** Actions of writing, by the scope at which a role has to allow them. */
function needs(declared: Declared): readonly Need[] {
  const { resourceGroup, subscriptionId, resources, network, privateDnsZoneIds } = declared;
  const base = resourceGroup.create ? `/subscriptions/${subscriptionId}` : resourceGroup.id;
  const byScope = new Map<string, Set<string>>();
  const need = (scope: string, action: string) => {
    byScope.set(scope, (byScope.get(scope) ?? new Set()).add(action));
  };
  if (resourceGroup.create) need(base, "Microsoft.Resources/subscriptions/resourceGroups/write");
  for (const { id, type } of resources) {
    const isOwn = `${id.toLowerCase()}/`.startsWith(`${resourceGroup.id.toLowerCase()}/`);
    need(isOwn ? base : outsideScope(id), `${type}/write`);
  }
  // Microsoft Learn, "Azure permissions for Networking": joining somebody else's subnets and zones.
  if (network !== undefined)
    need(network.id, "Microsoft.Network/virtualNetworks/subnets/join/action");
  for (const zone of Object.values(privateDnsZoneIds)) {
    need(zone, "Microsoft.Network/privateDnsZones/join/action");
  }
  return [...byScope]
    .map(([scope, actions]) => ({ scope, actions: [...actions].toSorted() }))
    .toSorted((a, b) => a.scope.localeCompare(b.scope));
}

/**
 * Of an extension resource, such as a role assignment, what it is put on; of a part, the resource that it is part of; of one
 * that lies directly in a group, such as an autoscale setting beside an existing workspace, the group.
 */
function outsideScope(id: string): string {
  const scope = id.slice(0, id.lastIndexOf("/providers/"));
  // A role definition extends a group.
  if (id.slice(scope.length).startsWith("/providers/Microsoft.Authorization/")) return scope;
  const parts = id.split("/");
  if (scope.includes("/providers/") || parts.length <= TOP_LEVEL) return scope;
  return parts.slice(0, TOP_LEVEL).join("/");
}

/** Parts of the id of a resource that lies directly in its group. */
const TOP_LEVEL = "/subscriptions/S/resourceGroups/G/providers/N/type/name".split("/").length;

/** Every scope that is looked at. */
export function permissionScopes(declared: Declared): readonly string[] {
  return needs(declared).map(({ scope }) => scope);
}

function question(scope: string): Question {
  return {
    path: `${scope}/providers/Microsoft.Authorization/permissions`,
    // Microsoft Learn, REST: Permissions - List For Resource Group, List For Resource.
    apiVersion: "2022-04-01",
    action: "Microsoft.Authorization/permissions/read",
    list: true,
  };
}

/**
 * The caller may do what the update does, at each scope. The roles to ask for come from the table of rights. Azure tells
 * neither conditions of role assignments nor deny assignments here.
 */
export const permissions: Check = {
  id: "permissions",
  title: "permissions of the signed-in identity",
  questions: (declared) => [
    ...(declared.resourceGroup.create ? [] : [groupQuestion(declared)]),
    ...needs(declared)
      // A missing group is told once, by its own check: see the assumption permissions-of-missing.
      .map(({ scope }) => question(scope)),
  ],
  findings: (declared, answerTo) =>
    needs(declared).flatMap((need) => {
      const isGroup = need.scope === declared.resourceGroup.id;
      if (isGroup && !groupExists(declared, answerTo)) return [];
      return lacking(declared, need, answerTo);
    }),
};

function lacking(declared: Declared, { scope, actions }: Need, answerTo: AnswerTo): Found[] {
  const { status, body } = answerTo(question(scope));
  // Somebody else's network or zone that is missing is told by its own check.
  if (status === 404) return [];
  const granted = listAt(body, "value").map((one): RoleActions => ({
    actions: textsAt(one, "actions"),
    notActions: textsAt(one, "notActions"),
  }));
  const missing = actions.filter(
    (action) => !granted.some((one) => allows(one, action, "actions")),
  );
  return [...new Set(missing.map((action) => roleFor(declared, action)))].map((role) => {
    const own = missing.filter((action) => roleFor(declared, action) === role);
    return {
      missing: `the signed-in identity may not do ${shown(own)} on ${scope}; the role ${role} allows it`,
      who: "someone with Owner or User Access Administrator there",
      command: `az role assignment create --assignee <object id> --role "${role}" --scope ${scope}`,
    };
  });
}

/** The first role of the table by which the deploying identity may do it. */
function roleFor({ target }: Declared, action: string): string {
  const roles = rights.filter(
    ({ who, stack, grantedOn }) =>
      who === "deploying identity" && [target, "both"].includes(stack) && grantedOn === undefined,
  );
  const found = roles.find(({ role }) =>
    allows(roleActions[role as keyof typeof roleActions], action, "actions"),
  );
  return found?.role ?? "Owner";
}

/** Some of the missing actions: an identity without any role lacks all of them. */
function shown(actions: readonly string[]): string {
  const first = actions.slice(0, 3).join(", ");
  return actions.length > 3 ? `${first} and ${String(actions.length - 3)} more` : first;
}
