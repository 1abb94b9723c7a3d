import { alerts } from "./alerts";
import type { Assumption } from "./assumption";
import { autoscale } from "./autoscale";
import { budgets } from "./budgets";
import { clusters } from "./clusters";
import { dashboards } from "./dashboards";
import { deployments } from "./deployments";
import { flowLogs } from "./flowLogs";
import { kubernetes } from "./kubernetes";
import { networks } from "./networks";
import { onlineEndpoints } from "./onlineEndpoints";
import { resourceManager } from "./resourceManager";
import { roles } from "./roles";
import { workspaces } from "./workspaces";

/** All assumptions by heading of docs/azure-assumptions.md, which `npm run conformance -- --document` writes from them. */
export const assumptionGroups = {
  "Azure Resource Manager": resourceManager,
  "Azure RBAC": roles,
  "Workspaces and assets": workspaces,
  "Networks around a workspace": networks,
  "Online endpoints": onlineEndpoints,
  Deployments: deployments,
  Autoscale: autoscale,
  Budgets: budgets,
  Alerts: alerts,
  Dashboards: dashboards,
  "Clusters and their network": clusters,
  "Flow logs": flowLogs,
  Kubernetes: kubernetes,
} as const;

export type AssumptionId =
  | keyof typeof resourceManager
  | keyof typeof roles
  | keyof typeof workspaces
  | keyof typeof networks
  | keyof typeof onlineEndpoints
  | keyof typeof deployments
  | keyof typeof autoscale
  | keyof typeof budgets
  | keyof typeof alerts
  | keyof typeof dashboards
  | keyof typeof clusters
  | keyof typeof flowLogs
  | keyof typeof kubernetes;

export const assumptions: Readonly<Record<AssumptionId, Assumption>> = {
  ...resourceManager,
  ...roles,
  ...workspaces,
  ...networks,
  ...onlineEndpoints,
  ...deployments,
  ...autoscale,
  ...budgets,
  ...alerts,
  ...dashboards,
  ...clusters,
  ...flowLogs,
  ...kubernetes,
};

/** Why the emulator refuses something: an assumption about Azure, or a limit of its own that Azure does not have. */
export type RuleSource = AssumptionId | "emulator-limit";
