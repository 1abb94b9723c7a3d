import * as monitor from "@pulumi/azure-native/monitor";
import * as pulumi from "@pulumi/pulumi";
import type { Notify } from "../../config/notify";

export interface ActionGroupArgs {
  readonly notify: Notify;
  readonly actionGroupName: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly tags: Readonly<Record<string, string>>;
}

/** Shown in messages; 12 characters at most (Azure Monitor, action groups, groupShortName). */
const SHORT_NAME = "mlscore";

/**
 * Calls people. Its receivers take the common alert schema, which a channel of Teams or Slack does not understand: in
 * between stands a Logic App or a function, whose address is the webhook's (Azure Monitor, "Action groups", webhook).
 */
export function actionGroup(
  name: string,
  { notify, ...args }: ActionGroupArgs,
  opts: pulumi.CustomResourceOptions,
): monitor.ActionGroup {
  const numbered = (prefix: string, addresses: readonly string[]) =>
    addresses.map((emailAddress, index) => ({ name: `${prefix}-${index + 1}`, emailAddress }));
  return new monitor.ActionGroup(
    name,
    {
      ...args,
      // Processed wherever Azure can, also when a region fails (Azure Monitor, "Action groups", global).
      location: "Global",
      enabled: true,
      groupShortName: SHORT_NAME,
      emailReceivers: numbered("email", notify.email).map((receiver) => ({
        ...receiver,
        useCommonAlertSchema: true,
      })),
      azureAppPushReceivers: numbered("azure-app", notify.azureApp),
      webhookReceivers: notify.webhooks.map(({ name: receiver, url }) => ({
        name: receiver,
        // Its address is all that a webhook asks for.
        serviceUri: pulumi.secret(url),
        useCommonAlertSchema: true,
      })),
    },
    { ...opts, additionalSecretOutputs: ["webhookReceivers"] },
  );
}
