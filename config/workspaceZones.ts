/** Private DNS zones of a workspace in private levels, by what has its addresses there. */
export type WorkspaceZone = "workspace" | "notebooks" | "blob" | "file" | "vault" | "registry";

/** Names in Azure's public cloud (Azure Private Link, "Private endpoint DNS zone values"). */
export const WORKSPACE_ZONES: Readonly<Record<WorkspaceZone, string>> = {
  workspace: "privatelink.api.azureml.ms",
  notebooks: "privatelink.notebooks.azure.net",
  blob: "privatelink.blob.core.windows.net",
  file: "privatelink.file.core.windows.net",
  vault: "privatelink.vaultcore.azure.net",
  registry: "privatelink.azurecr.io",
};
