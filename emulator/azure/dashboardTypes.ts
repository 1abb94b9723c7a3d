import type { AzureType } from "./azureType";

/** azure-rest-api-specs, Microsoft.Dashboard, ManagedDashboard.tsp and DashboardDefinition.tsp, NamePattern. */
const GRAFANA_NAME = {
  pattern: /^[a-zA-Z][a-z0-9A-Z-]{0,28}[a-z0-9A-Z]$/,
  words: "2–30 letters, digits and dashes, a letter first",
  source: "grafana-dashboard-names",
} as const;

/** Dashboards in the portal: Azure workbooks, and Azure Monitor dashboards with Grafana. */
export const dashboardTypes: Readonly<Record<string, AzureType>> = {
  "azure-native:applicationinsights:Workbook": {
    armType: "Microsoft.Insights/workbooks",
    apiVersion: "2023-06-01",
    names: ["resourceName"],
    naming: {
      pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
      words: "a GUID in lower case",
      source: "workbook-name",
    },
    immutable: ["location"],
  },
  "azure-native:dashboard:Dashboard": {
    armType: "Microsoft.Dashboard/dashboards",
    apiVersion: "2024-11-01-preview",
    names: ["dashboardName"],
    naming: GRAFANA_NAME,
    immutable: ["location"],
  },
  "azure-native:dashboard:DashboardDefinition": {
    armType: "Microsoft.Dashboard/dashboards/dashboardDefinitions",
    apiVersion: "2025-09-01-preview",
    names: ["dashboardName", "definitionName"],
    naming: GRAFANA_NAME,
  },
};
