import type * as pulumi from "@pulumi/pulumi";

/** What an endpoint needs of its workspace; `Workspace` has it. */
export interface EndpointWorkspace {
  readonly id: pulumi.Input<string>;
  readonly name: pulumi.Input<string>;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly storageAccountId: pulumi.Input<string>;
  readonly registryId: pulumi.Input<string>;
  /**
   * What has to be there before the endpoint.
   * @default nothing
   */
  readonly ready?: readonly pulumi.Resource[];
}
