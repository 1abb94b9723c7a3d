import { blaming, missing, needs, wrongly, type Case } from "../case";
import { all, set, unset, without } from "../graphs";

const CLUSTER = "cluster";
const POOL = "cluster-scoring";
const SYSTEM = "agentPoolProfiles.0";
const WINDOW = "maintenance-upgrade-window";
const ASSIGNMENT = "restricted-pods";
const LOGS = "monitoring-diagnostics";
const VAULT_ADD_ON = "addonProfiles.azureKeyvaultSecretsProvider";
const NGINX = "ingressProfile.webAppRouting.nginx.defaultIngressControllerType";

function onCluster(path: string, ...wrong: readonly unknown[]): Case {
  return { from: "production", breaks: needs(CLUSTER, path, ...wrong) };
}

/** What must hold for the system pool in the cluster's body and for a pool of its own. */
function onPools(path: string, ...wrong: readonly unknown[]): Case {
  return {
    from: "production",
    breaks: [...needs(CLUSTER, `${SYSTEM}.${path}`, ...wrong), ...needs(POOL, path, ...wrong)],
  };
}

export const clusters: Readonly<Record<string, Case>> = {
  "cluster-private-api": {
    from: "production",
    breaks: [
      ...needs(CLUSTER, "apiServerAccessProfile.enablePrivateCluster", false),
      ...needs(CLUSTER, "apiServerAccessProfile.enablePrivateClusterPublicFQDN", true),
    ],
  },
  "cluster-local-accounts-off": onCluster("disableLocalAccounts", false),
  "cluster-entra-id": onCluster("aadProfile.managed", false),
  "cluster-azure-rbac": {
    from: "production",
    breaks: [
      ...needs(CLUSTER, "enableRBAC", false),
      ...needs(CLUSTER, "aadProfile.enableAzureRBAC", false),
    ],
  },
  "cluster-workload-identity": {
    from: "production",
    breaks: [
      ...needs(CLUSTER, "securityProfile.workloadIdentity.enabled", false),
      ...needs(CLUSTER, "oidcIssuerProfile.enabled", false),
    ],
  },
  "cluster-policy-add-on": onCluster("addonProfiles.azurepolicy.enabled", false),
  "cluster-upgrade-channel": onCluster(
    "autoUpgradeProfile.upgradeChannel",
    "none",
    "rapid",
    "node-image",
  ),
  "cluster-node-image-channel": onCluster(
    "autoUpgradeProfile.nodeOSUpgradeChannel",
    "None",
    "Unmanaged",
  ),
  "cluster-network-policy": onCluster("networkProfile.networkPolicy", "none"),
  "cluster-run-command-off": onCluster("apiServerAccessProfile.disableRunCommand", false),
  "cluster-managed-identity": {
    from: "production",
    breaks: [
      ...needs(CLUSTER, "identity.type", "None"),
      wrongly(
        "a service principal",
        set(CLUSTER, "servicePrincipalProfile.clientId", "11111111-2222-3333-4444-555555555555"),
        CLUSTER,
      ),
    ],
  },
  "cluster-secret-rotation": {
    from: "production",
    breaks: [
      ...needs(CLUSTER, `${VAULT_ADD_ON}.enabled`, false),
      ...needs(CLUSTER, `${VAULT_ADD_ON}.config.enableSecretRotation`, "false", true),
    ],
  },
  "cluster-paid-tier": onCluster("sku.tier", "Free"),
  "cluster-outbound": onCluster("networkProfile.outboundType", "loadBalancer", "managedNATGateway"),
  "cluster-ingress-private": {
    from: "production",
    breaks: [
      // Without application routing there is no controller at all.
      ...needs(CLUSTER, NGINX, "AnnotationControlled", "External").filter(
        ({ what }) =>
          what !== "ingressProfile missing" && what !== "ingressProfile.webAppRouting missing",
      ),
      wrongly(
        "application routing unknown",
        set(CLUSTER, "ingressProfile.webAppRouting.enabled", "perhaps"),
        CLUSTER,
      ),
      ...["httpApplicationRouting", "ingressApplicationGateway"].map((addOn) =>
        wrongly(`add-on ${addOn}`, set(CLUSTER, `addonProfiles.${addOn}.enabled`, true), CLUSTER),
      ),
    ],
  },
  "cluster-maintenance-windows": {
    from: "production",
    breaks: [
      missing("a window missing", without(WINDOW), CLUSTER),
      missing("the other one missing", without("maintenance-node-image-window"), CLUSTER),
      ...blaming(CLUSTER, needs(WINDOW, "configName", "default")),
      ...blaming(CLUSTER, needs(WINDOW, "resourceName", "another")),
      ...needs(WINDOW, "maintenanceWindow.durationHours", 3),
      ...needs(WINDOW, "maintenanceWindow.startTime", ""),
    ],
  },
  "cluster-restricted-pods": {
    from: "production",
    breaks: [
      missing("the assignment missing", without(ASSIGNMENT), CLUSTER),
      ...blaming(CLUSTER, needs(ASSIGNMENT, "policyDefinitionId", "/providers/another")),
      ...blaming(CLUSTER, needs(ASSIGNMENT, "scope", "/subscriptions/1")),
      ...needs(ASSIGNMENT, "enforcementMode", "DoNotEnforce"),
      ...needs(ASSIGNMENT, "parameters.effect.value", "Audit", "Disabled"),
    ],
  },
  "cluster-audit-logs": {
    from: "production",
    breaks: [
      missing("the setting missing", without(LOGS), CLUSTER),
      missing("kube-audit-admin missing", unset(LOGS, "logs.0"), CLUSTER),
      wrongly("kube-audit-admin off", set(LOGS, "logs.0.enabled", false), CLUSTER),
      missing("guard missing", unset(LOGS, "logs.1"), CLUSTER),
      missing("logs missing", unset(LOGS, "logs"), CLUSTER),
      missing("workspaceId missing", unset(LOGS, "workspaceId"), CLUSTER),
      ...blaming(CLUSTER, needs(LOGS, "resourceUri", "/subscriptions/1")),
    ],
  },
  "pools-private-nodes": onPools("enableNodePublicIP", true),
  "pools-host-encryption": onPools("enableEncryptionAtHost", false),
  "pools-no-ssh": onPools("securityProfile.sshAccess", "LocalUser"),
  "pools-trusted-launch": {
    from: "production",
    breaks: ["securityProfile.enableSecureBoot", "securityProfile.enableVTPM"].flatMap((path) => [
      ...needs(CLUSTER, `${SYSTEM}.${path}`, false),
      ...needs(POOL, path, false),
    ]),
  },
  "pools-zones": {
    from: "production",
    breaks: [
      ...needs(CLUSTER, `${SYSTEM}.availabilityZones`, ["1"], "1"),
      ...needs(POOL, "availabilityZones", [], ["2"]),
    ],
  },
  "pools-node-counts": {
    ...onPools("minCount", 2, "3"),
    given: all(set(CLUSTER, `${SYSTEM}.minCount`, 3), set(POOL, "minCount", 3)),
  },
};
