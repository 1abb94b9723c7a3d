import * as pulumi from "@pulumi/pulumi";
import type { Autoscales } from "../config/autoscaleTypes";
import type { Notify } from "../config/notify";
import type { Objectives } from "../config/objectives";
import { actionGroup } from "./alerts/actionGroup";
import { azureRules } from "./alerts/azureRules";
import { endpointAlerts } from "./alerts/endpointAlerts";
import { featureAlerts } from "./alerts/featureAlerts";
import { requestAlerts } from "./alerts/requestAlerts";
import { endpointWorkbook } from "./dashboards/endpointWorkbook";

export interface EndpointMonitoringArgs {
  /** Missing: there are no alerts. */
  readonly notify?: Notify;
  readonly objectives: Objectives;
  /** Whether there is a dashboard. */
  readonly dashboards: boolean;
  readonly subscriptionId: string;
  readonly actionGroupName: string;
  readonly endpointName: string;
  readonly endpointId: pulumi.Input<string>;
  readonly deploymentIds: Readonly<Record<string, pulumi.Input<string>>>;
  /** By deployment, where the number of instances has a maximum. */
  readonly autoscale: Autoscales;
  /** With the endpoint's logs. */
  readonly logAnalyticsId: pulumi.Input<string>;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Dashboard of a managed online endpoint, alerts on it, and who is called. */
export class EndpointMonitoring extends pulumi.ComponentResource {
  constructor(name: string, args: EndpointMonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlscore:endpointMonitoring:EndpointMonitoring", name, {}, opts);
    const { notify, objectives, endpointName, endpointId, resourceGroupName, location } = args;
    const { logAnalyticsId, deploymentIds, tags } = args;
    const child = { parent: this };
    const watched = { endpointName, objectives };
    const alerts = [
      ...requestAlerts(watched, ""),
      ...endpointAlerts(watched),
      ...featureAlerts(watched),
    ];
    const place = { endpointId, logAnalyticsId, resourceGroupName, location, tags };
    const dashboard = args.dashboards
      ? endpointWorkbook(
          `${name}-dashboard`,
          {
            ...place,
            watched,
            deployments: Object.keys(deploymentIds),
            subscriptionId: args.subscriptionId,
            alerts: notify === undefined ? [] : alerts,
            notify,
          },
          child,
        )
      : undefined;
    if (notify !== undefined) {
      const { id: actionGroupId } = actionGroup(
        `${name}-action-group`,
        { notify, actionGroupName: args.actionGroupName, resourceGroupName, tags },
        child,
      );
      azureRules(
        name,
        {
          ...place,
          alerts,
          called: { notify, actionGroupId },
          ...(dashboard === undefined ? {} : { dashboard }),
          endpointName,
          deployments: Object.entries(deploymentIds).map(([deployment, id]) => {
            const maxInstances = args.autoscale[deployment]?.maxInstances;
            return {
              name: deployment,
              id,
              ...(maxInstances === undefined ? {} : { maxInstances }),
            };
          }),
        },
        child,
      );
    }
    this.registerOutputs();
  }
}
