import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as pulumi from "@pulumi/pulumi";
import type { RoleName } from "./roleDefinitions";
import { grantRole } from "./roles";
import { userAssignedIdentity, type UserAssignedIdentityArgs } from "./userAssignedIdentity";

export interface WorkloadIdentityArgs extends UserAssignedIdentityArgs {
  readonly subscriptionId: string;
  /** The cluster's issuer of tokens. */
  readonly oidcIssuerUrl: pulumi.Input<string>;
  /** Whose pods become this identity. */
  readonly namespace: string;
  readonly serviceAccount: string;
  /** The one thing it may do, and where. */
  readonly grant: {
    /** Ends the assignment's logical name. */
    readonly suffix: string;
    readonly role: RoleName;
    readonly scope: pulumi.Input<string>;
  };
}

/** Azure identity that pods get for their service account's token: nowhere is there a secret. */
export class WorkloadIdentity extends pulumi.ComponentResource {
  /** What the service account is annotated with. */
  readonly clientId: pulumi.Output<string>;
  /** Everything that a pod needs to use the identity. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: WorkloadIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlscore:workloadIdentity:WorkloadIdentity", name, {}, opts);
    const identity = userAssignedIdentity(name, args, { parent: this });
    const credential = new managedidentity.FederatedIdentityCredential(
      `${name}-credential`,
      {
        federatedIdentityCredentialResourceName: `${args.namespace}-${args.serviceAccount}`,
        resourceName: identity.name,
        resourceGroupName: args.resourceGroupName,
        issuer: args.oidcIssuerUrl,
        subject: `system:serviceaccount:${args.namespace}:${args.serviceAccount}`,
        // The audience that AKS's webhook asks the token for (AKS, workload identity overview).
        audiences: ["api://AzureADTokenExchange"],
      },
      { parent: this },
    );
    const { suffix, role, scope } = args.grant;
    const assignment = grantRole(
      `${name}-${suffix}`,
      {
        role,
        scope,
        principalId: identity.principalId,
        principalType: "ServicePrincipal",
        subscriptionId: args.subscriptionId,
      },
      { parent: this },
    );
    this.clientId = identity.clientId;
    this.ready = [credential, assignment];
    this.registerOutputs({ clientId: this.clientId });
  }
}
