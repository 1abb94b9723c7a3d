import * as pulumi from "@pulumi/pulumi";
import type { Autoscales } from "../config/autoscaleTypes";
import type { Notify } from "../config/notify";
import type { Objectives } from "../config/objectives";
import { actionGroup } from "./alerts/actionGroup";
import { azureRules } from "./alerts/azureRules";
import { endpointAlerts } from "./alerts/endpointAlerts";
import { requestAlerts } from "./alerts/requestAlerts";

export interface EndpointMonitoringArgs {
  readonly notify: Notify;
  readonly objectives: Objectives;
  readonly actionGroupName: string;
  readonly endpointName: string;
  readonly endpointId: pulumi.Input<string>;
  readonly deploymentIds: Readonly<Record<string, pulumi.Input<string>>>;
  /** By deployment, where the number of instances has a maximum. */
  readonly autoscale: Autoscales;
  /** With the endpoint's traffic log. */
  readonly logAnalyticsId: pulumi.Input<string>;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Alerts on a managed online endpoint, and who is called. */
export class EndpointMonitoring extends pulumi.ComponentResource {
  constructor(name: string, args: EndpointMonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlscore:endpointMonitoring:EndpointMonitoring", name, {}, opts);
    const { notify, objectives, endpointName, resourceGroupName, tags } = args;
    const child = { parent: this };
    const group = actionGroup(
      `${name}-action-group`,
      { notify, actionGroupName: args.actionGroupName, resourceGroupName, tags },
      child,
    );
    const watched = { endpointName, objectives };
    azureRules(
      name,
      {
        alerts: [...requestAlerts(watched, ""), ...endpointAlerts(watched)],
        called: { notify, actionGroupId: group.id },
        endpointName,
        endpointId: args.endpointId,
        deployments: Object.entries(args.deploymentIds).map(([deployment, id]) => {
          const maxInstances = args.autoscale[deployment]?.maxInstances;
          return { name: deployment, id, ...(maxInstances === undefined ? {} : { maxInstances }) };
        }),
        logAnalyticsId: args.logAnalyticsId,
        resourceGroupName,
        location: args.location,
        tags,
      },
      child,
    );
    this.registerOutputs();
  }
}
