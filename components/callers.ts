import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import type { Caller } from "../config/principal";
import { grantRole, stackGuid } from "./roles";

/**
 * All that scoring with a token of Entra needs (Azure ML, "Authentication and authorization for online endpoints", data plane
 * operations). Documented among the actions of a role, not among its data actions.
 */
export const SCORE_ACTION =
  "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/score/action";

export interface CallersArgs {
  readonly callers: readonly Caller[];
  /** GUID of the role that they get. @default one of the stack's own */
  readonly role?: string | undefined;
  /** Of the stack's own role; taken once in a tenant. */
  readonly roleName: string;
  readonly endpointId: pulumi.Input<string>;
  /** Where the endpoint lies. */
  readonly resourceGroupName: pulumi.Input<string>;
  readonly subscriptionId: string;
}

/** Lets callers score on one endpoint, and do nothing else with it (decision 27). */
export function grantScoring(
  name: string,
  args: CallersArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  if (args.callers.length === 0) return;
  const own = args.role === undefined ? scoringRole(`${name}-caller-role`, args, opts) : undefined;
  for (const { objectId, principalType, note } of args.callers) {
    grantRole(
      `${name}-caller-${objectId}`,
      {
        role: { id: args.role ?? stackGuid(args.subscriptionId, `${name}-caller-role`) },
        principalId: objectId,
        principalType,
        scope: args.endpointId,
        subscriptionId: args.subscriptionId,
        description: note,
      },
      { ...opts, dependsOn: own === undefined ? [] : [own] },
    );
  }
}

function scoringRole(
  name: string,
  { roleName, resourceGroupName, subscriptionId }: CallersArgs,
  opts: pulumi.CustomResourceOptions,
): authorization.RoleDefinition {
  // A role can be assigned in a group or a subscription, not on a single resource (Azure RBAC, "Understand Azure role definitions").
  const group = pulumi.interpolate`/subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName}`;
  return new authorization.RoleDefinition(
    name,
    {
      roleDefinitionId: stackGuid(subscriptionId, name),
      roleName,
      roleType: "CustomRole",
      description: "Sends scoring requests to the online endpoint, and nothing else.",
      scope: group,
      assignableScopes: [group],
      permissions: [
        { actions: [SCORE_ACTION], notActions: [], dataActions: [], notDataActions: [] },
      ],
    },
    opts,
  );
}
