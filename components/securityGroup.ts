import * as network from "@pulumi/azure-native/network";
import type * as pulumi from "@pulumi/pulumi";
import { sendDiagnostics } from "./observability";
import type { SecurityRule } from "./securityRules";

export interface SecurityGroupArgs {
  readonly networkSecurityGroupName: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly securityRules: SecurityRule[];
  readonly logAnalyticsId: pulumi.Input<string>;
}

/** Network security group whose events are kept; returns its id. */
export function securityGroup(
  name: string,
  { logAnalyticsId, ...body }: SecurityGroupArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const group = new network.NetworkSecurityGroup(name, body, opts);
  sendDiagnostics(
    `${name}-diagnostics`,
    { resourceId: group.id, logAnalyticsId, only: "logs" },
    opts,
  );
  return group.id;
}
