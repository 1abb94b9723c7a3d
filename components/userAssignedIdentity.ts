import * as managedidentity from "@pulumi/azure-native/managedidentity";
import type * as pulumi from "@pulumi/pulumi";
import { resolvedName } from "./resolvedName";

export interface UserAssignedIdentityArgs {
  readonly identityName: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A user-assigned identity in the forms in which others refer to it. */
export interface UserAssignedIdentity {
  readonly id: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  /** What a token is asked for by. */
  readonly clientId: pulumi.Output<string>;
  /** Who a role is granted to. */
  readonly principalId: pulumi.Output<string>;
}

/** Makes an identity. */
export function userAssignedIdentity(
  name: string,
  { identityName, resourceGroupName, location, tags }: UserAssignedIdentityArgs,
  opts: pulumi.CustomResourceOptions,
): UserAssignedIdentity {
  const identity = new managedidentity.UserAssignedIdentity(
    name,
    { resourceName: identityName, resourceGroupName, location, tags },
    opts,
  );
  const resourceName = resolvedName(identity, identityName);
  // Looked up, because as outputs they would be unknown in the preview of any change to the identity.
  const { clientId, principalId } = managedidentity.getUserAssignedIdentityOutput(
    { resourceName, resourceGroupName },
    opts.parent === undefined ? {} : { parent: opts.parent },
  );
  return { id: identity.id, name: resourceName, clientId, principalId };
}
