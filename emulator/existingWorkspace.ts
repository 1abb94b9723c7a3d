import { isPrivate, networkChoice } from "../config/networkLevel";
import { settingText, type StackSettings } from "../graph/settings";
import type { CreatedResource } from "../graph/graph";
import type { Inputs } from "../graph/paths";
import { resourceId, type AzurePlace } from "./azure/armIds";
import { azureType } from "./azure/azureStore";
import { generatedGuid } from "./azure/outputs";

const SETTING = "mlscore:workspace";

/** The group of an existing workspace that the settings name; undefined where the stack makes its own. */
export function workspaceGroup(settings: StackSettings): string | undefined {
  if (settingText(settings, SETTING, "name") === "") return undefined;
  const group = settingText(settings, SETTING, "resourceGroup");
  return group === "" ? settingText(settings, "mlscore:resourceGroup", "name") : group;
}

/**
 * That workspace with its storage account, vault and registry, as a team usually has them: public and without a managed
 * network, unless the settings ask for more, in the stack's region. Their names and identities exist in the emulator only.
 */
export function existingWorkspace(settings: StackSettings, place: AzurePlace): CreatedResource[] {
  const resourceGroupName = workspaceGroup(settings);
  if (resourceGroupName === undefined) return [];
  const workspaceName = settingText(settings, SETTING, "name");
  const common = { resourceGroupName, location: settings["mlscore:location"] ?? "" };
  const created = (type: string, inputs: Inputs, more: Inputs = {}): CreatedResource => {
    const token = `azure-native:${type}`;
    const id = resourceId(azureType(token), inputs, place);
    return { token, id, inputs, outputs: { ...inputs, ...more } };
  };
  const { level, isolationMode } = networkChoice(settings["mlscore:network"]);
  const access = { publicNetworkAccess: isPrivate(level) ? "Disabled" : "Enabled" };
  // Names that are unique over all of Azure, so that another workspace has others.
  const suffix = generatedGuid(`${resourceGroupName}/${workspaceName}`, "names").slice(0, 8);
  const account = created("storage:StorageAccount", {
    ...common,
    accountName: `stexisting${suffix}`,
    kind: "StorageV2",
    ...(isPrivate(level) ? access : {}),
  });
  const vault = created("keyvault:Vault", { ...common, vaultName: `kv-existing-${suffix}` });
  const registry = created(
    "containerregistry:Registry",
    { ...common, registryName: `crexisting${suffix}` },
    { loginServer: `crexisting${suffix}.azurecr.io` },
  );
  const workspace = created(
    "machinelearningservices:Workspace",
    {
      ...common,
      workspaceName,
      identity: { type: "SystemAssigned" },
      storageAccount: account.id,
      keyVault: vault.id,
      containerRegistry: registry.id,
      ...access,
      managedNetwork: { isolationMode },
      ...(isPrivate(level) ? { imageBuildCompute: "cpu-cluster" } : {}),
    },
    { name: workspaceName },
  );
  return [account, vault, registry, workspace];
}
