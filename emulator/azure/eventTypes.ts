import type { AzureType } from "./azureType";

/** Events of Azure resources (terraform-provider-azurerm, eventgrid_system_topic and …_event_subscription, name). */
export const eventTypes: Readonly<Record<string, AzureType>> = {
  "azure-native:eventgrid:SystemTopic": {
    armType: "Microsoft.EventGrid/systemTopics",
    apiVersion: "2025-02-15",
    names: ["systemTopicName"],
    naming: { pattern: /^[a-zA-Z0-9-]{3,50}$/, words: "3–50 letters, digits and dashes" },
    immutable: ["location", "source", "topicType"],
  },
  "azure-native:eventgrid:SystemTopicEventSubscription": {
    armType: "Microsoft.EventGrid/systemTopics/eventSubscriptions",
    apiVersion: "2025-02-15",
    names: ["systemTopicName", "eventSubscriptionName"],
    naming: { pattern: /^[a-zA-Z0-9-]{3,64}$/, words: "3–64 letters, digits and dashes" },
    nested: ["destination"],
  },
};
