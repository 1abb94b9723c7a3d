import { sameText } from "../../graph/sameText";
import { listAt, textAt, valueAt, type Inputs } from "../../graph/paths";
import { Refusal } from "./refusal";
import type { StoredResources, TypeRules } from "./typeRules";

const REGISTRY = "azure-native:containerregistry:Registry";
const PRIVATE_ENDPOINT = "azure-native:network:PrivateEndpoint";
const OUTBOUND_RULE = "azure-native:machinelearningservices:ManagedNetworkSettingsRule";
const ISOLATION_ORDER = ["Disabled", "AllowInternetOutbound", "AllowOnlyApprovedOutbound"];

/** Rules of networks around a workspace, beyond names and parents. */
export const isolationRules: Readonly<Record<string, TypeRules>> = {
  [PRIVATE_ENDPOINT]: {
    put(inputs, id, store) {
      for (const connection of listAt(inputs, "privateLinkServiceConnections")) {
        const service = store.read(textAt(connection, "privateLinkServiceId"));
        if (service?.token !== REGISTRY || isPremium(service.inputs)) continue;
        throw new Refusal(
          "BadRequest",
          `${id} cannot lead to ${service.id}: a registry of the SKU ${textAt(service.inputs, "sku.name")} has no private link, only Premium has`,
          "registry-private-link-premium",
        );
      }
    },
  },
  [REGISTRY]: {
    put(inputs, id) {
      if (textAt(inputs, "publicNetworkAccess") !== "Disabled" || isPremium(inputs)) return;
      throw new Refusal(
        "BadRequest",
        `${id} cannot have public access off: its SKU is ${textAt(inputs, "sku.name")}, and must be Premium`,
        "registry-private-link-premium",
      );
    },
  },
  [OUTBOUND_RULE]: {
    put(inputs, id, store) {
      const workspace = store.read(id.slice(0, id.lastIndexOf("/outboundRules/")));
      const mode = isolationMode(workspace?.inputs);
      if (textAt(inputs, "properties.type") === "PrivateEndpoint") {
        refuseRequired(inputs, id, mode, workspace, store);
        return;
      }
      if (mode === "AllowOnlyApprovedOutbound") return;
      throw new Refusal(
        "BadRequest",
        `${id} is a rule of type ${textAt(inputs, "properties.type")}, which needs AllowOnlyApprovedOutbound; the managed network is ${mode}`,
        "managed-network-rule-types",
      );
    },
  },
};

/** What a workspace's managed network cannot become. */
export function refuseLooserIsolation(inputs: Inputs, id: string, store: StoredResources): void {
  const before = isolationMode(store.read(id)?.inputs);
  const after = isolationMode(inputs);
  if (ISOLATION_ORDER.indexOf(after) >= ISOLATION_ORDER.indexOf(before)) return;
  throw new Refusal(
    "BadRequest",
    `isolation of ${id} cannot go back from ${before} to ${after}`,
    "workspace-isolation-order",
  );
}

/** What the networks around it keep an endpoint from. */
export function refuseEndpoint(inputs: Inputs, id: string, store: StoredResources): void {
  const workspace = store.read(id.slice(0, id.lastIndexOf("/onlineEndpoints/")));
  if (valueAt(workspace?.inputs, "v1LegacyMode") === true) {
    throw new Refusal(
      "BadRequest",
      `${id} cannot be made: its workspace has v1LegacyMode on`,
      "endpoint-legacy-workspace",
    );
  }
  const vault = store.read(textAt(workspace?.inputs, "keyVault"))?.inputs;
  const isClosed = textAt(vault, "properties.networkAcls.defaultAction") === "Deny";
  const bypass = textAt(vault, "properties.networkAcls.bypass");
  if (textAt(inputs, "properties.authMode") !== "Key" || !isClosed || bypass === "AzureServices") {
    return;
  }
  throw new Refusal(
    "BadRequest",
    `${id} takes keys, which the vault of its workspace cannot keep: its firewall lets no trusted service in (bypass ${bypass || "None"})`,
    "endpoint-key-vault-bypass",
  );
}

/** Azure makes a private endpoint for each of the workspace's own services by itself, and takes no second one. */
function refuseRequired(
  inputs: Inputs,
  id: string,
  mode: string,
  workspace: ReturnType<StoredResources["read"]>,
  store: StoredResources,
): void {
  const target = textAt(inputs, "properties.destination.serviceResourceId");
  const own = [
    workspace?.id ?? "",
    ...["storageAccount", "keyVault", "containerRegistry"].map((key) =>
      textAt(workspace?.inputs, key),
    ),
  ];
  if (!own.some((one) => one !== "" && sameText(one, target))) return;
  const service = store.read(target)?.inputs;
  const access =
    textAt(service, "publicNetworkAccess") || textAt(service, "properties.publicNetworkAccess");
  if (mode !== "AllowOnlyApprovedOutbound" && access !== "Disabled") return;
  throw new Refusal(
    "BadRequest",
    `${id} leads to ${target}, to which the managed network has a rule of its own already`,
    "managed-network-required-rules",
  );
}

function isPremium(inputs: Inputs): boolean {
  return textAt(inputs, "sku.name") === "Premium";
}

function isolationMode(workspace: Inputs | undefined): string {
  return textAt(workspace, "managedNetwork.isolationMode") || "Disabled";
}
