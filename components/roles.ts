import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import { v5 as uuidv5 } from "uuid";
import type { Principal } from "../config/principal";
import { roleDefinitionIds, type RoleName } from "./roleDefinitions";

export interface GrantArgs {
  /** A built-in role, or the GUID of another one. */
  readonly role: RoleName | { readonly id: string };
  /** Object id of who gets the role. */
  readonly principalId: pulumi.Input<string>;
  /**
   * Always said: without it Azure looks the principal up in Entra ID, which fails for an identity made seconds
   * ago (pulumi-azure-native issues 771 and 1010).
   */
  readonly principalType: "ServicePrincipal" | "User" | "Group";
  /** Resource id on which the role holds, as narrow as can be. */
  readonly scope: pulumi.Input<string>;
  readonly subscriptionId: string;
  /** Shown with the assignment. */
  readonly description?: string | undefined;
}

/**
 * Grants one role on one resource to each of some principals.
 *
 * @param name the beginning of the grants' logical names; the object id is their end
 */
export function grantRoleToEach(
  name: string,
  principals: readonly Principal[],
  grant: Omit<GrantArgs, "principalId" | "principalType">,
  opts: pulumi.CustomResourceOptions,
): authorization.RoleAssignment[] {
  return principals.map(({ objectId, principalType }) =>
    grantRole(`${name}-${objectId}`, { ...grant, principalId: objectId, principalType }, opts),
  );
}

// Name space of the names below; any fixed GUID serves.
const NAMES = "5b1f6c1e-6d9a-4d6e-9d53-0f5b9a8f6c11";

/** The GUID that names an assignment or a role of this stack. */
export function stackGuid(subscriptionId: string, name: string): string {
  return uuidv5(`${subscriptionId}/${pulumi.getStack()}/${name}`, NAMES);
}

/**
 * Grants one role. Azure names an assignment by a GUID; it is derived from the stack and the logical name, so it
 * is known during preview and the same in every run.
 */
export function grantRole(
  name: string,
  args: GrantArgs,
  opts: pulumi.CustomResourceOptions,
): authorization.RoleAssignment {
  return new authorization.RoleAssignment(
    name,
    {
      roleAssignmentName: stackGuid(args.subscriptionId, name),
      principalId: args.principalId,
      principalType: args.principalType,
      roleDefinitionId: `/subscriptions/${args.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${typeof args.role === "string" ? roleDefinitionIds[args.role] : args.role.id}`,
      scope: args.scope,
      ...(args.description === undefined ? {} : { description: args.description }),
    },
    opts,
  );
}
