import type { AzureType } from "./azureType";

/** Alert rules of Azure Monitor, and who they call (Azure naming rules, Microsoft.Insights). */
export const alertTypes: Readonly<Record<string, AzureType>> = {
  "azure-native:monitor:ActionGroup": {
    armType: "Microsoft.Insights/actionGroups",
    apiVersion: "2024-10-01-preview",
    names: ["actionGroupName"],
    naming: {
      pattern: /^[^/&%\\?]{0,259}[^/&%\\?. ]$/,
      words: "1–260 characters other than /&%\\?, not ending with a space or full stop",
    },
    immutable: ["location"],
  },
  "azure-native:monitor:ActivityLogAlert": {
    armType: "Microsoft.Insights/activityLogAlerts",
    apiVersion: "2020-10-01",
    names: ["activityLogAlertName"],
    naming: {
      pattern: /^[^*#&+:<>?@%{}\\/]{0,259}[^*#&+:<>?@%{}\\/. ]$/,
      words: "1–260 characters other than *#&+:<>?@%{}\\/, not ending with a space or full stop",
    },
    immutable: ["location"],
  },
  "azure-native:monitor:MetricAlert": {
    armType: "Microsoft.Insights/metricAlerts",
    apiVersion: "2018-03-01",
    names: ["ruleName"],
    naming: {
      pattern: /^[^*#&+:<>?@%{}\\/]{0,259}[^*#&+:<>?@%{}\\/. ]$/,
      words: "1–260 characters other than *#&+:<>?@%{}\\/, not ending with a space or full stop",
    },
    immutable: ["location", "scopes"],
    armKeys: { "criteria.odataType": "odata.type" },
  },
  "azure-native:monitor:ScheduledQueryRule": {
    armType: "Microsoft.Insights/scheduledQueryRules",
    apiVersion: "2025-01-01-preview",
    names: ["ruleName"],
    naming: {
      pattern: /^[^*#&+:<>?@%{}\\/]{0,259}[^*#&+:<>?@%{}\\/. ]$/,
      words: "1–260 characters other than *#&+:<>?@%{}\\/, not ending with a space or full stop",
    },
    immutable: ["location", "kind"],
  },
};
