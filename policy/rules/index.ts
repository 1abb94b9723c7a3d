import { withDefaults, type Rule, type RuleDefinition } from "../rule";
import { alertRules } from "./alerts";
import { autoscaleRules } from "./autoscale";
import { azureMlRules } from "./azureml";
import { changeRules } from "./changes";
import { clusterRules } from "./cluster";
import { clusterAccessRules } from "./clusterAccess";
import { generalRules } from "./general";
import { identityRules } from "./identity";
import { kubernetesRules } from "./kubernetes";
import { levelRules } from "./levels";
import { monitoringRules } from "./monitoring";
import { networkRules } from "./network";
import { podSecurityRules } from "./podSecurity";
import { poolRules } from "./pools";
import { registryRules } from "./registry";
import { storageRules } from "./storage";
import { vaultRules } from "./vault";
import { workloadRules } from "./workloads";

const definitions: Readonly<Record<string, readonly RuleDefinition[]>> = {
  "All resources": generalRules,
  Alerts: alertRules,
  Autoscale: autoscaleRules,
  "Azure ML": azureMlRules,
  Changes: changeRules,
  Cluster: clusterRules,
  "Cluster access": clusterAccessRules,
  "Identities and roles": identityRules,
  "Kubernetes objects": kubernetesRules,
  "Levels of a sandbox's network": levelRules,
  Monitoring: monitoringRules,
  Network: networkRules,
  "Node pools": poolRules,
  "Pod security": podSecurityRules,
  Registry: registryRules,
  Storage: storageRules,
  Vault: vaultRules,
  Workloads: workloadRules,
};

/** Every rule of the pack, one file a group, by its heading in docs/policy.md. */
export const ruleGroups: Readonly<Record<string, readonly Rule[]>> = Object.fromEntries(
  Object.entries(definitions).map(([heading, group]) => [heading, group.map(withDefaults)]),
);

export const rules: readonly Rule[] = Object.values(ruleGroups).flat();
