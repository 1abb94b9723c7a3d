import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as pulumi from "@pulumi/pulumi";
import { nameWhenMade } from "./known";
import { grantRole, type RoleName } from "./roles";

export interface WorkloadIdentityArgs {
  readonly identityName: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
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
  readonly tags: Readonly<Record<string, string>>;
}

/** Azure identity that pods get for their service account's token: nowhere is there a secret. */
export class WorkloadIdentity extends pulumi.ComponentResource {
  /** What the service account is annotated with. */
  readonly clientId: pulumi.Output<string>;
  /** Everything that a pod needs to use the identity. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: WorkloadIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlscore:workloadIdentity:WorkloadIdentity", name, {}, opts);
    const { resourceGroupName, location, tags } = args;
    const identity = new managedidentity.UserAssignedIdentity(
      name,
      { resourceName: args.identityName, resourceGroupName, location, tags },
      { parent: this },
    );
    const identityName = nameWhenMade(identity, args.identityName);
    // Looked up, because as outputs they would be unknown in the preview of any change to the identity.
    const { clientId, principalId } = managedidentity.getUserAssignedIdentityOutput(
      { resourceName: identityName, resourceGroupName },
      { parent: this },
    );
    const credential = new managedidentity.FederatedIdentityCredential(
      `${name}-credential`,
      {
        federatedIdentityCredentialResourceName: `${args.namespace}-${args.serviceAccount}`,
        resourceName: identityName,
        resourceGroupName,
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
        principalId,
        principalType: "ServicePrincipal",
        subscriptionId: args.subscriptionId,
      },
      { parent: this },
    );
    this.clientId = clientId;
    this.ready = [credential, assignment];
    this.registerOutputs({ clientId: this.clientId });
  }
}
