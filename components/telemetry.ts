import type * as pulumi from "@pulumi/pulumi";
import { grantRole } from "./roles";
import type { UserAssignedIdentity } from "./userAssignedIdentity";

/** The Application Insights that deployments send metrics and traces to. */
export interface TelemetryArgs {
  readonly applicationInsightsId: pulumi.Input<string>;
  /** A secret: a caller that has it can write, unless the component refuses local authentication. */
  readonly connectionString: pulumi.Output<string>;
}

/**
 * Lets an identity send metrics and traces: the role's name says metrics, and it is for all telemetry (Azure Monitor, "Microsoft
 * Entra authentication for Application Insights").
 */
export function grantSending(
  name: string,
  { applicationInsightsId }: TelemetryArgs,
  { principalId }: UserAssignedIdentity,
  subscriptionId: string,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  return grantRole(
    `${name}-metrics-publisher`,
    {
      role: "Monitoring Metrics Publisher",
      scope: applicationInsightsId,
      principalId,
      principalType: "ServicePrincipal",
      subscriptionId,
    },
    opts,
  );
}

/** What the scoring code reads (scoring/src/scoring_telemetry): where to send to, and as which of the endpoint's identities. */
export function telemetryVariables(
  { connectionString }: TelemetryArgs,
  { clientId }: UserAssignedIdentity,
): Record<string, pulumi.Input<string>> {
  return {
    TELEMETRY: "azure_monitor",
    APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString,
    AZURE_CLIENT_ID: clientId,
  };
}
