import * as pulumi from "@pulumi/pulumi";
import type { RoleName } from "./roleDefinitions";
import { grantRole } from "./roles";
import { userAssignedIdentity, type UserAssignedIdentity } from "./userAssignedIdentity";

export interface ClusterIdentityArgs {
  readonly controlPlaneName: string;
  readonly kubeletName: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly subscriptionId: string;
  /** Network of the nodes and of the API server. */
  readonly virtualNetworkId: pulumi.Input<string>;
  /** Private zone that gets the API server's record. */
  readonly privateDnsZoneId: pulumi.Input<string>;
  /** Registry that the nodes pull from. */
  readonly registryId: pulumi.Input<string>;
  readonly tags: Readonly<Record<string, string>>;
}

/** The identity that nodes pull images with, in the three forms in which AKS wants it. */
export interface KubeletIdentity {
  readonly resourceId: pulumi.Output<string>;
  readonly clientId: pulumi.Output<string>;
  readonly objectId: pulumi.Output<string>;
}

/**
 * The two identities of an AKS cluster and what they may do. They exist before the cluster because AKS checks their
 * roles while it makes the cluster (CustomPrivateDNSZoneMissingPermissionError, Azure/AKS issue 3470).
 */
export class ClusterIdentity extends pulumi.ComponentResource {
  readonly controlPlaneId: pulumi.Output<string>;
  readonly kubelet: KubeletIdentity;
  /** Every role; the cluster must wait for all of them. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: ClusterIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlscore:clusterIdentity:ClusterIdentity", name, {}, opts);
    const identity = (suffix: string, identityName: string) =>
      userAssignedIdentity(`${name}-${suffix}`, { ...args, identityName }, { parent: this });
    const controlPlane = identity("control-plane", args.controlPlaneName);
    const kubelet = identity("kubelet", args.kubeletName);

    const grant = (
      suffix: string,
      role: RoleName,
      scope: pulumi.Input<string>,
      to: UserAssignedIdentity,
    ) =>
      grantRole(
        `${name}-${suffix}`,
        {
          role,
          scope,
          principalId: to.principalId,
          principalType: "ServicePrincipal",
          subscriptionId: args.subscriptionId,
        },
        { parent: this },
      );
    this.ready = [
      // AKS writes the API server's record and links the zone to the network of the nodes. Only the network as a
      // whole can be linked, so the role on the two subnets alone is not enough (AKS, private clusters, "Hub and
      // spoke with custom DNS"; API Server VNet Integration wants it on both subnets, which it covers).
      grant("dns", "Private DNS Zone Contributor", args.privateDnsZoneId, controlPlane),
      grant("network", "Network Contributor", args.virtualNetworkId, controlPlane),
      // A kubelet identity outside the node resource group (AKS, overview of managed identities).
      grant("kubelet-operator", "Managed Identity Operator", kubelet.id, controlPlane),
      // The kubelet pulls images, not the control plane.
      grant("acr-pull", "AcrPull", args.registryId, kubelet),
    ];
    this.controlPlaneId = controlPlane.id;
    this.kubelet = {
      resourceId: kubelet.id,
      clientId: kubelet.clientId,
      objectId: kubelet.principalId,
    };
    this.registerOutputs({ controlPlaneId: this.controlPlaneId });
  }
}
