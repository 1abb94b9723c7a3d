import * as applicationinsights from "@pulumi/azure-native/applicationinsights";
import * as monitor from "@pulumi/azure-native/monitor";
import * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import * as pulumi from "@pulumi/pulumi";

export interface LogAnalyticsArgs {
  readonly logAnalyticsName: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  /** 30 to 730 days. */
  readonly logRetentionDays: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface ObservabilityArgs extends LogAnalyticsArgs {
  readonly applicationInsightsName: string;
}

/** Log Analytics workspace, for Entra identities only, and the Application Insights that writes into it. */
export class Observability extends pulumi.ComponentResource {
  readonly logAnalyticsId: pulumi.Output<string>;
  readonly applicationInsightsId: pulumi.Output<string>;
  /** Of Application Insights; a secret. */
  readonly connectionString: pulumi.Output<string>;

  constructor(name: string, args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlscore:observability:Observability", name, {}, opts);
    const logAnalytics = logAnalyticsWorkspace(`${name}-log-analytics`, args, { parent: this });
    const applicationInsights = new applicationinsights.Component(
      `${name}-application-insights`,
      {
        resourceName: args.applicationInsightsName,
        resourceGroupName: args.resourceGroupName,
        location: args.location,
        applicationType: "web",
        kind: "web",
        workspaceResourceId: logAnalytics.id,
        tags: args.tags,
      },
      // Anyone who has these can write telemetry to this component.
      { parent: this, additionalSecretOutputs: ["connectionString", "instrumentationKey"] },
    );
    this.logAnalyticsId = logAnalytics.id;
    this.applicationInsightsId = applicationInsights.id;
    this.connectionString = pulumi.secret(applicationInsights.connectionString);
    this.registerOutputs({
      logAnalyticsId: this.logAnalyticsId,
      applicationInsightsId: this.applicationInsightsId,
    });
  }
}

/** Log Analytics workspace that only Entra identities can use. */
export function logAnalyticsWorkspace(
  name: string,
  args: LogAnalyticsArgs,
  opts: pulumi.CustomResourceOptions,
): operationalinsights.Workspace {
  return new operationalinsights.Workspace(
    name,
    {
      workspaceName: args.logAnalyticsName,
      resourceGroupName: args.resourceGroupName,
      location: args.location,
      sku: { name: "PerGB2018" },
      retentionInDays: args.logRetentionDays,
      features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true },
      tags: args.tags,
    },
    opts,
  );
}

export interface DiagnosticsArgs {
  readonly resourceId: pulumi.Input<string>;
  readonly logAnalyticsId: pulumi.Input<string>;
  /** For what has no metrics, such as network security groups; Azure refuses to be asked for them. */
  readonly only?: "logs";
}

/** Sends every log and metric of one resource to Log Analytics. */
export function sendDiagnostics(
  name: string,
  args: DiagnosticsArgs,
  opts: pulumi.CustomResourceOptions,
): monitor.DiagnosticSetting {
  return new monitor.DiagnosticSetting(
    name,
    {
      name: "to-log-analytics",
      resourceUri: args.resourceId,
      workspaceId: args.logAnalyticsId,
      logs: [{ categoryGroup: "allLogs", enabled: true }],
      ...(args.only === "logs" ? {} : { metrics: [{ category: "AllMetrics", enabled: true }] }),
    },
    opts,
  );
}
