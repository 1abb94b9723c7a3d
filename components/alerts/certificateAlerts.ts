import * as eventgrid from "@pulumi/azure-native/eventgrid";
import * as pulumi from "@pulumi/pulumi";
import type { Alert } from "./alert";
import { dashed } from "./azureRules";
import { description, type Called } from "./called";

/** Alerts on the gateway's certificate: events of the vault, since no metric shows a certificate's last day. */
export function certificateAlerts(): (Alert & Required<Pick<Alert, "vaultEvent">>)[] {
  return [
    {
      name: "CertificateNearExpiry",
      severity: 2,
      summary: "A certificate of the vault expires within 30 days, or as its policy says.",
      runbook: "certificate",
      panel: "requests",
      vaultEvent: "Microsoft.KeyVault.CertificateNearExpiry",
    },
    {
      name: "CertificateExpired",
      severity: 0,
      summary: "A certificate of the vault has expired: callers refuse to connect.",
      runbook: "certificate",
      panel: "requests",
      vaultEvent: "Microsoft.KeyVault.CertificateExpired",
    },
  ];
}

export interface CertificateAlertsArgs {
  readonly topicName: string;
  readonly vaultId: pulumi.Input<string>;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly called: Called;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Has Event Grid turn the vault's events into alerts of Azure Monitor, which call the action group (Event Grid, "Event
 * handlers": Azure Monitor alerts, from Key Vault alone; Key Vault, "Event Grid source"). Nothing is called over the
 * network, so a private vault needs no way out.
 */
export function certificateRules(
  name: string,
  args: CertificateAlertsArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const { called, resourceGroupName, location, tags, topicName } = args;
  const topic = new eventgrid.SystemTopic(
    name,
    {
      systemTopicName: topicName,
      resourceGroupName,
      location,
      source: args.vaultId,
      topicType: "Microsoft.KeyVault.vaults",
      tags,
    },
    opts,
  );
  for (const alert of certificateAlerts()) {
    new eventgrid.SystemTopicEventSubscription(
      `${name}-${dashed(alert.name)}`,
      {
        systemTopicName: topic.name,
        resourceGroupName,
        eventSubscriptionName: alert.name,
        // The only schema that alerts take.
        eventDeliverySchema: "CloudEventSchemaV1_0",
        filter: { includedEventTypes: [alert.vaultEvent] },
        destination: {
          endpointType: "MonitorAlert",
          severity: `Sev${alert.severity}`,
          description: description(alert, called.notify),
          actionGroups: [called.actionGroupId],
        },
      },
      opts,
    );
  }
}
