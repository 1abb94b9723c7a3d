import { UserError } from "../errors";
import { isObject, nonEmptyTextAt, textAt, valueAt } from "../graph/paths";
import { sameText } from "../graph/sameText";
import type { SandboxConfig } from "../config/types";
import type { Arm } from "../traffic/arm";

/** Microsoft Learn, REST: Vaults - Get Deleted, Purge Deleted. */
const VAULT_QUERY = { "api-version": "2024-11-01" };
/** Microsoft Learn, REST: Azure Machine Learning, Workspaces - Delete: `forceToPurge`, "delete is a purge request". */
const PURGE_QUERY = { forceToPurge: "true" };

/** What purge has found of one name, a sentence. */
export interface Purged {
  readonly name: string;
  readonly text: string;
  /** Whether the name is still taken. */
  readonly isTaken: boolean;
}

/**
 * Purges the stack's own soft-deleted vault and workspace, so that their names are free. Names and group are those that the
 * settings give the stack; what has another group, or is not deleted, is left alone.
 */
export async function purge(arm: Arm, config: SandboxConfig): Promise<readonly Purged[]> {
  if (!config.workspace.isOwn) {
    throw new UserError(
      `the stack uses the workspace ${config.workspace.name}, which others own; it has no workspace or vault of its own to purge`,
    );
  }
  return [await purgedVault(arm, config), await purgedWorkspace(arm, config)];
}

async function purgedVault(arm: Arm, config: SandboxConfig): Promise<Purged> {
  const name = config.names.keyVault;
  const path = `/subscriptions/${config.subscription.id}/providers/Microsoft.KeyVault/locations/${config.location}/deletedVaults/${name}`;
  const found = await arm.get<unknown>(path, VAULT_QUERY);
  if (found === undefined) {
    return { name, text: `no deleted vault ${name}`, isTaken: false };
  }
  const properties = isObject(found.body) ? found.body["properties"] : undefined;
  const group = groupOf(config);
  const former = textAt(properties, "vaultId");
  if (!sameText(former, `${group}/providers/Microsoft.KeyVault/vaults/${name}`)) {
    return {
      name,
      text: `${name} was ${former || "elsewhere"}, not in ${group}: left alone`,
      isTaken: true,
    };
  }
  const day = nonEmptyTextAt(properties, "scheduledPurgeDate")?.slice(0, 10) ?? "an unknown day";
  if (valueAt(properties, "purgeProtectionEnabled") === true) {
    return {
      name,
      text: `${name} is protected from being purged, by anybody: Azure deletes it by itself on ${day}. To make the stack again before, raise mlscore:generation`,
      isTaken: true,
    };
  }
  await arm.post(`${path}/purge`, undefined, VAULT_QUERY);
  return { name, text: `${name} is purged`, isTaken: false };
}

async function purgedWorkspace(arm: Arm, config: SandboxConfig): Promise<Purged> {
  const { name } = config.workspace;
  const path = `${groupOf(config)}/providers/Microsoft.MachineLearningServices/workspaces/${name}`;
  // A purge of one that is in use would delete it for good.
  if ((await arm.get(path)) !== undefined) {
    return { name, text: `the workspace ${name} is not deleted: left alone`, isTaken: true };
  }
  await arm.remove(path, PURGE_QUERY);
  return { name, text: `${name} is purged, if it was there`, isTaken: false };
}

function groupOf({ subscription, resourceGroup }: SandboxConfig): string {
  return `/subscriptions/${subscription.id}/resourceGroups/${resourceGroup.name}`;
}
