// Not the whole SDK, which takes a second to load.
import { unknownValue } from "@pulumi/pulumi/runtime/rpc";
import { textAt } from "../graph/paths";
import { prose, say, type Text } from "./document";
import type { Resource, StackGraph } from "./model";
import { idWords, isWideScope, named } from "./naming";
import { isMore, ownRoles, roleOf } from "./roles";

/** A role that a principal has on a scope, for example managed identity `scoring-identity`, `AcrPull`, on the registry. */
export interface Grant {
  /** Logical name of the assignment. */
  readonly name: string;
  /** Object id in Entra; where that is not known yet, the identity's URN. */
  readonly who: string;
  /** URN, where it is an identity of the stack. */
  readonly identity: string | undefined;
  readonly whoWords: Text;
  readonly role: ReturnType<typeof roleOf>;
  /** ARM id, in lower case. */
  readonly scope: string;
  readonly scopeWords: Text;
}

/** How a grant differs from what the same one could do before. */
export interface GrantChange {
  readonly grant: Grant;
  /** Of the same one on the same thing or a part of it: what this is more than. */
  readonly instead: Grant | undefined;
  readonly isWider: boolean;
}

/** Azure's kinds of principals, for people. */
const PRINCIPALS: Readonly<Record<string, string>> = {
  Group: "group",
  ServicePrincipal: "service principal",
  User: "user",
};

/** Begins `who` of one whose object id is known after the update. */
export const UNKNOWN_PRINCIPAL = "unknown:";

export function grants(graph: StackGraph): Grant[] {
  const own = ownRoles(graph);
  return graph.resources
    .filter(({ type }) => type === "azure-native:authorization:RoleAssignment")
    .map((assignment): Grant => {
      const who = principalOf(assignment, graph);
      const scope = textAt(assignment.inputs, "scope");
      return {
        name: assignment.name,
        ...who,
        role: roleOf(textAt(assignment.inputs, "roleDefinitionId"), own),
        scope: scope.toLowerCase(),
        scopeWords: scopeWords(graph, assignment, scope),
      };
    });
}

/** Where an id is not known before the run, the engine still tells which resource it comes from. */
function scopeWords(graph: StackGraph, { sources }: Resource, scope: string): Text {
  if (scope.startsWith("/")) return idWords(graph, scope);
  const source = graph.resources.find(({ urn }) => sources["scope"]?.includes(urn) === true);
  return source === undefined ? say`something that is not known yet` : named(source);
}

function principalOf(
  { inputs, sources, urn: urnOfGrant }: Resource,
  { principals, resources }: StackGraph,
): Pick<Grant, "who" | "identity" | "whoWords"> {
  const id = textAt(inputs, "principalId");
  const known = principals[id];
  const urn = known ?? sources["principalId"]?.find((one) => resources.some((r) => r.urn === one));
  const identity = resources.find((one) => one.urn === urn);
  if (identity !== undefined) {
    const who = known === undefined ? identity.urn : id;
    return { who, identity: identity.urn, whoWords: named(identity) };
  }
  if (id.includes(unknownValue)) {
    return {
      who: `${UNKNOWN_PRINCIPAL}${sources["principalId"]?.[0] ?? urnOfGrant}`,
      identity: undefined,
      whoWords: say`an identity created in this update`,
    };
  }
  const kind = textAt(inputs, "principalType");
  return {
    who: id,
    identity: undefined,
    whoWords: say`${prose(PRINCIPALS[kind] ?? "principal")} ${id}`,
  };
}

/** Grants of `after` that are not in `before`: same one, same role, same scope. */
export function grantChanges(before: readonly Grant[], after: readonly Grant[]): GrantChange[] {
  const added = after.filter((grant) => !before.some((other) => isSameGrant(grant, other)));
  const gone = before.filter((grant) => !after.some((other) => isSameGrant(grant, other)));
  return added.map((grant) => {
    const instead = gone.find((other) => other.who === grant.who && isRelated(other, grant));
    return { grant, instead, isWider: isWider(grant, instead) };
  });
}

/** Whether somebody has to think twice: more than what it takes the place of, or too much by itself. */
function isWider({ role, scope }: Grant, instead: Grant | undefined): boolean {
  if (role.power === undefined || role.power === "grant" || isWideScope(scope)) return true;
  if (instead === undefined) return false;
  return isMore(role, instead.role) || isPartOf(instead.scope, scope);
}

/** About the same thing, about a part of it, or the same assignment. */
function isRelated(before: Grant, after: Grant): boolean {
  return (
    before.name === after.name ||
    before.scope === after.scope ||
    isPartOf(before.scope, after.scope) ||
    isPartOf(after.scope, before.scope)
  );
}

function isPartOf(scope: string, other: string): boolean {
  return scope.startsWith(`${other}/`);
}

export function isSameGrant(one: Grant, other: Grant): boolean {
  return one.who === other.who && one.role.name === other.role.name && one.scope === other.scope;
}
