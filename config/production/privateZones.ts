import type { PrivateService } from "./productionTypes";

/**
 * Names of the private DNS zones in Azure's public cloud (Azure Private Link, "Private endpoint DNS zone values"; for an
 * API server inside the network AKS, "Create a private AKS cluster", private DNS options).
 *
 * @param location region's short name, which the API server's zone has in its name
 */
export function zoneNames(location: string): Readonly<Record<PrivateService, string>> {
  return {
    registry: "privatelink.azurecr.io",
    vault: "privatelink.vaultcore.azure.net",
    blob: "privatelink.blob.core.windows.net",
    dfs: "privatelink.dfs.core.windows.net",
    apiServer: `private.${location}.azmk8s.io`,
  };
}
