import { textAt, valueAt, type Inputs } from "../../graph/paths";
import { Refusal } from "./refusal";
import type { StoredResources, TypeRules } from "./typeRules";

const NETWORK = "azure-native:network:VirtualNetwork";

const TARGET =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/[^/]+\/providers\/Microsoft\.Network\/(?:virtualNetworks\/[^/]+(?:\/subnets\/[^/]+)?|networkInterfaces\/[^/]+)$/i;

/**
 * Whether an id is that of a network watcher that Azure has made by itself: one for each region in which the subscription
 * has a virtual network (Network Watcher, "Enable or disable Azure Network Watcher").
 */
export function isNetworkWatcher(id: string, store: StoredResources): boolean {
  return store
    .list(NETWORK)
    .some(({ inputs }) => id.toLowerCase() === watcherId(store, textAt(inputs, "location")));
}

function watcherId(store: StoredResources, location: string): string {
  const group = `/subscriptions/${store.settings.subscriptionId}/resourceGroups/NetworkWatcherRG`;
  return `${group}/providers/Microsoft.Network/networkWatchers/NetworkWatcher_${location}`.toLowerCase();
}

/** Rules of flow logs beyond names and parents (Network Watcher, "Virtual network flow logs"). */
export const flowLogRules: Readonly<Record<string, TypeRules>> = {
  "azure-native:network:FlowLog": {
    put(inputs, id, store) {
      assertTarget(inputs, id, store);
      assertStorage(inputs, id, store);
      const identity = textAt(inputs, "identity.type");
      if (identity !== "" && identity !== "UserAssigned") {
        throw new Refusal(
          "CannotSetResourceIdentity",
          `Resource type 'Microsoft.Network/networkWatchers/flowLogs' does not support creation of '${identity}' ` +
            `resource identity. The supported types are 'UserAssigned'. (${id})`,
          "flow-log-identity",
        );
      }
    },
  },
};

function assertTarget(inputs: Inputs, id: string, store: StoredResources): void {
  const target = textAt(inputs, "targetResourceId");
  const subscription = TARGET.exec(target)?.[1];
  if (subscription === undefined) {
    throw new Refusal(
      "BadRequest",
      `${id} cannot record ${target || "nothing"}: a virtual network, a subnet or a network interface is recorded`,
      "flow-log-target",
    );
  }
  if (subscription.toLowerCase() !== store.settings.subscriptionId.toLowerCase()) {
    throw new Refusal(
      "BadRequest",
      `${id} is in another subscription than ${target}`,
      "flow-log-target",
    );
  }
  const [networkId = ""] = target.split("/subnets/");
  const found = store.read(networkId);
  if (found !== undefined && textAt(found.inputs, "location") !== textAt(inputs, "location")) {
    throw new Refusal("BadRequest", `${id} is in another region than ${target}`, "flow-log-target");
  }
}

function assertStorage(inputs: Inputs, id: string, store: StoredResources): void {
  const account = store.read(textAt(inputs, "storageId"));
  if (account === undefined) {
    throw new Refusal(
      "BadRequest",
      `storageId of ${id} names an account that does not exist`,
      "flow-log-storage",
    );
  }
  if (textAt(account.inputs, "location") !== textAt(inputs, "location")) {
    throw new Refusal(
      "BadRequest",
      `${account.id} is in another region than the network of ${id}`,
      "flow-log-storage",
    );
  }
  if (textAt(account.inputs, "sku.name").startsWith("Premium")) {
    throw new Refusal(
      "BadRequest",
      `${account.id} is of the performance tier Premium, and flow logs need Standard (${id})`,
      "flow-log-storage",
    );
  }
  const days = valueAt(inputs, "retentionPolicy.days");
  if (days !== undefined && !(typeof days === "number" && days >= 0 && days <= 365)) {
    throw new Refusal("BadRequest", `retention of ${id} is 0 to 365 days`, "flow-log-retention");
  }
}
