import * as applicationinsights from "@pulumi/azure-native/applicationinsights";
import * as pulumi from "@pulumi/pulumi";
import type { Notify } from "../../config/notify";
import type { Alert, Watched } from "../alerts/alert";
import { stackGuid } from "../roles";
import { endpointDashboard } from "./endpointDashboard";
import { portalLink } from "./portalLink";
import { workbookData } from "./workbook";

export interface EndpointWorkbookArgs {
  readonly watched: Watched;
  readonly endpointId: pulumi.Input<string>;
  readonly deployments: readonly string[];
  readonly logAnalyticsId: pulumi.Input<string>;
  readonly subscriptionId: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly alerts: readonly Alert[];
  readonly notify?: Notify | undefined;
}

/** The gallery of Azure Monitor, where workbooks of no single resource are; in lower case (terraform-provider-azurerm, application_insights_workbook, source_id). */
const GALLERY = "azure monitor";

/**
 * Dashboard of a managed online endpoint: an Azure workbook, which costs nothing and asks with the rights of the user who looks.
 *
 * @returns its address in the portal
 */
export function endpointWorkbook(
  name: string,
  args: EndpointWorkbookArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { watched, resourceGroupName, subscriptionId, alerts, notify } = args;
  const serializedData = pulumi
    .all([args.endpointId, args.logAnalyticsId, resourceGroupName])
    .apply(([endpointId, logAnalyticsId, group]) => {
      const resourceGroupId = `/subscriptions/${subscriptionId}/resourceGroups/${group}`;
      // By name: a deployment that is replaced has the same id afterwards, and the workbook need not wait for it.
      const deploymentIds = args.deployments.map((one) => `${endpointId}/deployments/${one}`);
      const place = { endpointId, deploymentIds, logAnalyticsId, resourceGroupId };
      return JSON.stringify(workbookData(endpointDashboard(watched), place, alerts, notify));
    });
  const workbook = new applicationinsights.Workbook(
    name,
    {
      resourceName: stackGuid(subscriptionId, name),
      resourceGroupName,
      location: args.location,
      kind: "shared",
      category: "workbook",
      displayName: `Endpoint ${watched.endpointName}`,
      sourceId: GALLERY,
      version: "Notebook/1.0",
      serializedData,
      tags: args.tags,
    },
    opts,
  );
  return workbook.id.apply((id) => portalLink(id, "workbook"));
}
