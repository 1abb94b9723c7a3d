import { at, mayOnlyBe, mustBe, mustBeAtLeast, mustSay, requires, textAt } from "../inputChecks";
import { diagnosticsOf, isSameId, logsOf, names, ofType, refersTo, violations } from "../relations";
import { BOTH, PRODUCTION, type Rule } from "../rule";

const CLUSTER = "azure-native:containerservice:ManagedCluster";

/** Fixed names, one for each channel (AKS, "Use planned maintenance"). */
const WINDOWS = ["aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"];

/** Upgrades need four hours (the same). */
const LEAST_HOURS = 4;

/** "Kubernetes cluster pod security restricted standards for Linux-based workloads". */
const INITIATIVE =
  "/providers/Microsoft.Authorization/policySetDefinitions/42b8ef37-b724-4e24-bbc8-7a7708edfe00";

export const clusterRules: readonly Rule[] = [
  // Who changed what in the cluster, and who was let in: the audit log, or its part without reads, and the log of
  // Entra ID's guard. A cluster's logs are chosen by category, so a setting that is there may still miss them.
  {
    id: "cluster-audit-logs",
    title: "The cluster's audit log is kept",
    severity: "mandatory",
    targets: BOTH,
    references: {
      psrule: ["Azure.AKS.AuditAdmin", "Azure.AKS.AuditLogs"],
      cisAks: ["2.1.1"],
      azurePolicy: ["245fc9df-fa96-4414-9a0b-3738c2f7341c"],
    },
    checkStack: (resources) =>
      ofType(resources, CLUSTER).flatMap((cluster) => {
        const logs = diagnosticsOf(cluster, resources).flatMap(logsOf);
        const has = (...wanted: readonly string[]) => wanted.some((log) => logs.includes(log));
        return violations(cluster, [
          ...(has("kube-audit", "kube-audit-admin", "audit", "allLogs")
            ? []
            : ["sends neither kube-audit nor kube-audit-admin to a log workspace"]),
          ...(has("guard", "allLogs") ? [] : ["does not send guard to a log workspace"]),
        ]);
      }),
  },
  // HTTP application routing and the default controller of application routing each make a load balancer with a
  // public address. The gateway of this project is on an internal one.
  {
    id: "cluster-ingress-private",
    title: "No add-on opens the cluster to the internet",
    severity: "mandatory",
    targets: BOTH,
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
  // Upgrades drain every node. Without a window AKS does it whenever a patch comes, at noon too.
  {
    id: "cluster-maintenance-windows",
    title: "AKS upgrades the cluster and its nodes within windows",
    severity: "mandatory",
    targets: BOTH,
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
          if (windows.length === 0) return violations(cluster, [`has no window ${window}`]);
          return windows.flatMap((one) =>
            violations(one, [
              ...mustBeAtLeast(one.inputs, "maintenanceWindow.durationHours", LEAST_HOURS),
              ...mustSay(one.inputs, "maintenanceWindow.startTime", "a time of day"),
            ]),
          );
        }),
      ),
  },
  // Without an engine for them Kubernetes takes network policies and lets everything through.
  {
    id: "cluster-network-policy",
    title: "The cluster enforces network policies",
    severity: "mandatory",
    targets: BOTH,
    references: { psrule: ["Azure.AKS.NetworkPolicy"], cisAks: ["5.4.4"] },
    types: [CLUSTER],
    checkResource: requires("networkProfile.networkPolicy", "cilium", "azure", "calico"),
  },
  // `Unmanaged` installs updates that wait for a reboot which nobody does, and `None` installs none.
  {
    id: "cluster-node-image-channel",
    title: "AKS brings the nodes' security updates by itself",
    severity: "mandatory",
    targets: BOTH,
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
  // `loadBalancer`, AKS's default, gives the cluster a public address of its own. A NAT gateway or a firewall's route
  // is the network's, and what leaves can be seen there.
  {
    id: "cluster-outbound",
    title: "Nodes leave through one known way",
    severity: "mandatory",
    targets: PRODUCTION,
    references: { other: ["AKS baseline architecture, egress traffic flow"] },
    types: [CLUSTER],
    checkResource: requires(
      "networkProfile.outboundType",
      "userAssignedNATGateway",
      "userDefinedRouting",
    ),
  },
  // The free tier promises nothing and is small; a cluster that serves requests scales through its API server.
  {
    id: "cluster-paid-tier",
    title: "The API server has a promised availability",
    severity: "mandatory",
    targets: PRODUCTION,
    references: { psrule: ["Azure.AKS.UptimeSLA"] },
    types: [CLUSTER],
    checkResource: requires("sku.tier", "Standard", "Premium"),
  },
  // The add-on carries out the assignment that lets only restricted pods in, whoever makes them.
  {
    id: "cluster-policy-add-on",
    title: "Azure Policy guards what enters the cluster",
    severity: "mandatory",
    targets: BOTH,
    references: {
      psrule: ["Azure.AKS.AzurePolicyAddOn"],
      azurePolicy: ["0a15ec92-a229-4763-bb14-0ea34a568f8d"],
    },
    types: [CLUSTER],
    checkResource: requires("addonProfiles.azurepolicy.enabled", true),
  },
  // The rules on pods here see what this stack declares; whoever else gets into the cluster can make others. The
  // initiative on the cluster refuses those, and `Audit` would only count them.
  {
    id: "cluster-restricted-pods",
    title: "Azure Policy refuses pods that are not restricted",
    severity: "mandatory",
    targets: BOTH,
    references: {
      cisAks: ["4.2.1", "4.2.2", "4.2.3", "4.2.4", "4.2.5"],
      azurePolicy: ["42b8ef37-b724-4e24-bbc8-7a7708edfe00"],
    },
    checkStack: (resources) =>
      ofType(resources, CLUSTER).flatMap((cluster) => {
        const assignments = ofType(resources, "azure-native:authorization:PolicyAssignment").filter(
          (one) =>
            isSameId(textAt(one.inputs, "policyDefinitionId") ?? "", INITIATIVE) &&
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
  // Without rotation a renewed certificate reaches the gateway only with a restart. Azure's type has text, not a
  // switch.
  {
    id: "cluster-secret-rotation",
    title: "What comes from the vault is brought anew when it changes there",
    severity: "mandatory",
    targets: BOTH,
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
  // Known holes of Kubernetes are closed by patches. `rapid` and `node-image` are not among those allowed: the first
  // raises minor versions without anybody's decision, the second leaves the control plane as it is.
  {
    id: "cluster-upgrade-channel",
    title: "AKS brings the cluster's patches by itself",
    severity: "mandatory",
    targets: BOTH,
    references: {
      psrule: ["Azure.AKS.AutoUpgrade"],
      azurePolicy: ["5c345cdf-2049-47e0-b8fe-b0e96bc2df35"],
    },
    types: [CLUSTER],
    checkResource: requires("autoUpgradeProfile.upgradeChannel", "patch", "stable"),
  },
];
