import { sameText } from "../../graph/sameText";
import {
  at,
  mayOnlyBe,
  mustBe,
  mustBeAtLeast,
  mustBeText,
  requires,
  knownText,
} from "../inputChecks";
import { diagnosticsOf, logsOf, names, ofType, refersTo, violations } from "../relations";
import { PRODUCTION, type RuleDefinition } from "../rule";

const CLUSTER = "azure-native:containerservice:ManagedCluster";

/** Fixed names, one for each upgrade channel (AKS, "Use planned maintenance"). */
const WINDOWS = ["aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"];

/** Upgrades need four hours (same source). */
const MIN_HOURS = 4;

/** "Kubernetes cluster pod security restricted standards for Linux-based workloads". */
const INITIATIVE =
  "/providers/Microsoft.Authorization/policySetDefinitions/42b8ef37-b724-4e24-bbc8-7a7708edfe00";

export const clusterRules: readonly RuleDefinition[] = [
  // Who changed what in the cluster, and who was authenticated: the audit log, or its variant without reads, and the
  // log of Entra ID's guard. A cluster's logs are selected by category, so a diagnostic setting may exist and still
  // omit them.
  {
    id: "cluster-audit-logs",
    title: "The cluster sends its audit log to a log workspace",
    references: {
      psrule: ["Azure.AKS.AuditAdmin", "Azure.AKS.AuditLogs"],
      cisAks: ["2.1.1"],
      azurePolicy: ["245fc9df-fa96-4414-9a0b-3738c2f7341c"],
    },
    checkStack: (resources) =>
      ofType(resources, CLUSTER).flatMap((cluster) => {
        const logs = diagnosticsOf(cluster, resources).flatMap(logsOf);
        const sendsOneOf = (...wanted: readonly string[]) =>
          wanted.some((log) => logs.includes(log));
        return violations(cluster, [
          ...(sendsOneOf("kube-audit", "kube-audit-admin", "audit", "allLogs")
            ? []
            : ["sends neither kube-audit nor kube-audit-admin to a log workspace"]),
          ...(sendsOneOf("guard", "allLogs") ? [] : ["does not send guard to a log workspace"]),
        ]);
      }),
  },
  // HTTP application routing and the default controller of application routing each create a load balancer with a
  // public address. This project's gateway uses an internal one.
  {
    id: "cluster-ingress-private",
    title: "No add-on exposes the cluster to the internet",
    references: { psrule: ["Azure.AKS.HttpAppRouting"] },
    types: [CLUSTER],
    checkResource: ({ inputs }) => [
      ...mayOnlyBe(inputs, "addonProfiles.httpApplicationRouting.enabled", false),
      ...mayOnlyBe(inputs, "addonProfiles.ingressApplicationGateway.enabled", false),
      ...(at(inputs, "ingressProfile.webAppRouting.enabled") === true
        ? mustBe(
            inputs,
            "ingressProfile.webAppRouting.nginx.defaultIngressControllerType",
            "None",
            "Internal",
          )
        : mayOnlyBe(inputs, "ingressProfile.webAppRouting.enabled", false)),
    ],
  },
  // Upgrades drain every node. Without a window AKS upgrades when a patch is released, at noon too.
  {
    id: "cluster-maintenance-windows",
    title: "AKS upgrades the cluster and its nodes within maintenance windows",
    references: {
      psrule: ["Azure.AKS.MaintenanceWindow"],
      other: ['AKS, "Use planned maintenance"'],
    },
    checkStack: (resources) =>
      ofType(resources, CLUSTER).flatMap((cluster) =>
        WINDOWS.flatMap((window) => {
          const windows = ofType(
            resources,
            "azure-native:containerservice:MaintenanceConfiguration",
          ).filter(
            (one) =>
              one.inputs["configName"] === window &&
              names(one, "resourceName", cluster, cluster.inputs["resourceName"]),
          );
          if (windows.length === 0)
            return violations(cluster, [`has no maintenance window ${window}`]);
          return windows.flatMap((one) =>
            violations(one, [
              ...mustBeAtLeast(one.inputs, "maintenanceWindow.durationHours", MIN_HOURS),
              ...mustBeText(one.inputs, "maintenanceWindow.startTime", "a time of day"),
            ]),
          );
        }),
      ),
  },
  // Without a network policy engine, Kubernetes accepts network policies but allows all traffic.
  {
    id: "cluster-network-policy",
    title: "The cluster enforces network policies",
    references: { psrule: ["Azure.AKS.NetworkPolicy"], cisAks: ["5.4.4"] },
    types: [CLUSTER],
    checkResource: requires("networkProfile.networkPolicy", "cilium", "azure", "calico"),
  },
  // `Unmanaged` installs updates that wait for a reboot which nobody triggers, and `None` installs none.
  {
    id: "cluster-node-image-channel",
    title: "AKS installs security updates of nodes automatically",
    references: {
      psrule: ["Azure.AKS.NodeAutoUpgrade"],
      azurePolicy: ["04408ca5-aa10-42ce-8536-98955cdddd4c"],
    },
    types: [CLUSTER],
    checkResource: requires(
      "autoUpgradeProfile.nodeOSUpgradeChannel",
      "NodeImage",
      "SecurityPatch",
    ),
  },
  // `loadBalancer`, the default of AKS, gives the cluster its own public address. A NAT gateway or a route to a
  // firewall belongs to the network, where egress traffic can be monitored.
  {
    id: "cluster-outbound",
    title: "Nodes use a single egress path",
    targets: PRODUCTION,
    references: { other: ["AKS baseline architecture, egress traffic flow"] },
    types: [CLUSTER],
    checkResource: requires(
      "networkProfile.outboundType",
      "userAssignedNATGateway",
      "userDefinedRouting",
    ),
  },
  // The free tier has no SLA and a small API server; a cluster that serves requests depends on it to scale.
  {
    id: "cluster-paid-tier",
    title: "The API server has an uptime SLA",
    targets: PRODUCTION,
    references: { psrule: ["Azure.AKS.UptimeSLA"] },
    types: [CLUSTER],
    checkResource: requires("sku.tier", "Standard", "Premium"),
  },
  // The add-on enforces the assignment that admits only restricted pods, no matter who creates them.
  {
    id: "cluster-policy-add-on",
    title: "The Azure Policy add-on is enabled",
    references: {
      psrule: ["Azure.AKS.AzurePolicyAddOn"],
      azurePolicy: ["0a15ec92-a229-4763-bb14-0ea34a568f8d"],
    },
    types: [CLUSTER],
    checkResource: requires("addonProfiles.azurepolicy.enabled", true),
  },
  // The rules on pods here check what this stack declares; others with access to the cluster can create more pods.
  // The initiative denies those on the cluster; `Audit` would only count them.
  {
    id: "cluster-restricted-pods",
    title: "Azure Policy denies pods that are not restricted",
    references: {
      cisAks: ["4.2.1", "4.2.2", "4.2.3", "4.2.4", "4.2.5"],
      azurePolicy: ["42b8ef37-b724-4e24-bbc8-7a7708edfe00"],
    },
    checkStack: (resources) =>
      ofType(resources, CLUSTER).flatMap((cluster) => {
        const assignments = ofType(resources, "azure-native:authorization:PolicyAssignment").filter(
          (one) =>
            sameText(knownText(one.inputs, "policyDefinitionId") ?? "", INITIATIVE) &&
            refersTo(one, "scope", cluster),
        );
        if (assignments.length === 0) {
          return violations(cluster, ["has no assignment of the initiative for restricted pods"]);
        }
        return assignments.flatMap((one) =>
          violations(one, [
            ...mustBe(one.inputs, "enforcementMode", "Default"),
            ...mustBe(one.inputs, "parameters.effect.value", "Deny", "deny"),
          ]),
        );
      }),
  },
  // Without rotation a renewed certificate reaches the gateway only after a restart. Azure's type for this setting is
  // text, not a boolean.
  {
    id: "cluster-secret-rotation",
    title: "Secrets from the vault are updated in the cluster when they change",
    references: {
      psrule: ["Azure.AKS.SecretStore", "Azure.AKS.SecretStoreRotation"],
      cisAks: ["4.5.2"],
    },
    types: [CLUSTER],
    checkResource: ({ inputs }) => [
      ...mustBe(inputs, "addonProfiles.azureKeyvaultSecretsProvider.enabled", true),
      ...mustBe(
        inputs,
        "addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation",
        "true",
      ),
    ],
  },
  // Patches fix known vulnerabilities of Kubernetes. `rapid` and `node-image` are not allowed: the first upgrades
  // minor versions without a decision of the owner, the second does not upgrade the control plane.
  {
    id: "cluster-upgrade-channel",
    title: "AKS installs Kubernetes patches automatically",
    references: {
      psrule: ["Azure.AKS.AutoUpgrade"],
      azurePolicy: ["5c345cdf-2049-47e0-b8fe-b0e96bc2df35"],
    },
    types: [CLUSTER],
    checkResource: requires("autoUpgradeProfile.upgradeChannel", "patch", "stable"),
  },
];
