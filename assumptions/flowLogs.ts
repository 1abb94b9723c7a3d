import { documented, reported, unproved, type Assumption } from "./assumption";

const FLOW_LOGS = "Microsoft Learn, Virtual network flow logs";
const IDENTITY = "Microsoft Learn, Managed identity for virtual network flow logs";

/** What Network Watcher records of a network. */
export const flowLogs = {
  "flow-log-watcher": {
    statement:
      "Azure makes NetworkWatcher_<region> in the group NetworkWatcherRG when a virtual network is made in the region, unless the subscription has opted out.",
    evidence: documented(
      "Microsoft Learn, Enable or disable Azure Network Watcher; how soon after the network it is there is not said",
    ),
    check:
      "first pulumi up of production in a subscription without networks: the flow log finds its watcher",
    dependents: ["components/flowLogs.ts", "emulator/azure/flowLogRules.ts"],
  },
  "flow-log-target": {
    statement:
      "A flow log records a virtual network, a subnet or a network interface of its own subscription and region; no new ones are made for security groups.",
    evidence: documented(
      `${FLOW_LOGS}; NSG flow logs, retirement (none created after 30 June 2025); Azure/azure-cli issue 21724 (subscription)`,
    ),
    check:
      "PUT of a flow log whose target is a security group, and of one with a network of another region",
  },
  "flow-log-storage": {
    statement:
      "A flow log's storage account exists, in the network's region, with the performance tier Standard.",
    evidence: documented(`${FLOW_LOGS}, storage account considerations`),
    check: "PUT of a flow log with an account of another region, and with a Premium one",
  },
  "flow-log-retention": {
    statement:
      "Records are kept for 1 to 365 days (0: without limit), for which the service changes the account's lifecycle rules.",
    evidence: reported(
      "hashicorp/terraform-provider-azurerm, network_watcher_flow_log: it overwrites the account's rules; Azure/terraform pull request 489; Azure REST API, Flow Logs, RetentionPolicyParameters",
    ),
    check:
      "GET of managementPolicies/default of the account after pulumi up of production, and the oldest blob a week after the days are over",
    dependents: ["components/flowLogs.ts"],
  },
  "flow-log-identity": {
    statement:
      "A flow log takes user-assigned identities alone, and one with Storage Blob Data Contributor on the account writes where keys are off.",
    evidence: reported(
      `Azure/azure-rest-api-specs issue 36418 (CannotSetResourceIdentity); ${IDENTITY} (the role); that keys may be off is said by neither`,
    ),
    check:
      "first pulumi up of production: the container insights-logs-flowlogflowevent of the account fills",
    dependents: ["components/flowLogs.ts"],
  },
  "flow-log-closed-account": {
    statement:
      "Network Watcher, a trusted service, writes to an account with publicNetworkAccess Disabled and networkAcls.bypass AzureServices.",
    evidence: unproved(
      "the list of trusted services has Network Watcher (Azure Storage, trusted services); MicrosoftDocs/azure-docs issues 101928 and 102123 say so of firewalled accounts, and nothing was found for public access switched off",
    ),
    check:
      "first pulumi up of production: the container insights-logs-flowlogflowevent of the account fills",
    dependents: ["components/flowLogs.ts"],
  },
} as const satisfies Readonly<Record<string, Assumption>>;
