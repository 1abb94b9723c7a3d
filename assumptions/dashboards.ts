import { documented, reported, unproved, type Assumption } from "./assumption";

const WORKBOOKS = "Azure REST API, Application Insights workbooks 2023-06-01";
const GRAFANA = "azure-rest-api-specs, Microsoft.Dashboard 2025-09-01-preview";

/** Dashboards in the portal. */
export const dashboards = {
  "workbook-name": {
    statement: "A workbook's name is a GUID in lower case.",
    evidence: documented(
      `${WORKBOOKS}, resourceName ("The value must be an UUID"); lower case: terraform-provider-azurerm, application_insights_workbook, name`,
    ),
    check: "PUT of a workbook called endpoint",
  },
  "workbook-kind": {
    statement: "A workbook is of the kind shared, with a displayName and a category.",
    evidence: documented(
      `${WORKBOOKS}, kind ("Only valid value is shared") and required properties`,
    ),
    check: "PUT of a workbook with kind user",
  },
  "workbook-data": {
    statement: "A workbook's serializedData is JSON; Azure does not look further into it.",
    evidence: documented(`${WORKBOOKS}, serializedData ("a string containing valid JSON")`),
    check: "PUT of a workbook with serializedData {",
  },
  "workbook-source": {
    statement:
      "A workbook's sourceId has no capital letters; azure monitor is the gallery of Azure Monitor.",
    evidence: reported("terraform-provider-azurerm, application_insights_workbook, source_id"),
    check: "PUT of a workbook with the sourceId Azure Monitor, and GET",
  },
  "workbook-display-name": {
    statement: "No two workbooks of a group and source have the same displayName.",
    evidence: documented(
      "Microsoft Learn, Resource Manager template samples for workbooks, workbookDisplayName (Needs to be unique in the scope of the resource group and source)",
    ),
    check: "PUT of two workbooks with the same displayName",
  },
  "workbook-metric-ids": {
    statement:
      "A chart of a workbook names a metric by name space, category and name; 4 is the average of it, 2 a chart of lines.",
    evidence: unproved(
      "Microsoft's published templates do so for other resource types (Application-Insights-Workbooks); none has a metric of online endpoints",
    ),
    check: "open the endpoint's workbook in the portal",
    dependents: ["components/dashboards/workbook.ts"],
  },
  "portal-links": {
    statement:
      "The portal opens the page of a resource at #@/resource and its id, with /workbook or /costanalysis behind it for these.",
    evidence: unproved("links of this form are common, and no page documents the two endings"),
    check: "open a link of an alert",
    dependents: ["components/dashboards/portalLink.ts"],
  },
  "grafana-dashboard-names": {
    statement:
      "A dashboard of Microsoft.Dashboard and its definition have names of 2 to 30 letters, digits and dashes, a letter first.",
    evidence: documented(
      `${GRAFANA}, ManagedDashboard.tsp and DashboardDefinition.tsp, NamePattern`,
    ),
    check: "PUT of a dashboard with a name of 31 characters",
  },
  "grafana-dashboard-definition": {
    statement:
      "The content of a dashboard is Grafana's JSON model in serializedData of its definition default; title and uid are replaced by Azure.",
    evidence: reported(
      `${GRAFANA}, examples DashboardDefinition_Create (default); templates of finops-toolkit (title and uid)`,
    ),
    check: "PUT of a dashboard with a definition, and open it in the portal",
    dependents: ["components/dashboards/clusterDashboards.ts"],
  },
  "grafana-prometheus-source": {
    statement:
      "A dashboard in the portal offers each Azure Monitor workspace as a data source of the type prometheus, chosen by a variable.",
    evidence: unproved(
      "documented is that managed Prometheus is a data source; how it is called in a dashboard is not",
    ),
    check: "open the cluster's dashboards in the portal and choose the workspace",
    dependents: ["components/dashboards/grafana.ts"],
  },
  "grafana-dashboard-regions": {
    statement: "Microsoft.Dashboard/dashboards can be made in the stack's region.",
    evidence: unproved(
      "Microsoft Learn, Visualize Azure Monitor data with Grafana, speaks of a limited number of regions during the preview and does not list them",
    ),
    check: "az provider show --namespace Microsoft.Dashboard, resource type dashboards, locations",
    dependents: ["config/fields.ts"],
  },
} as const satisfies Readonly<Record<string, Assumption>>;
