import { SUBSCRIPTION_KEY } from "../config/settingsFile";
import { settingText, type StackSettings } from "../graph/settings";
import type { AzureSettings } from "./azure/typeRules";
import { generatedGuid } from "./azure/outputs";
import { existingWorkspace, workspaceGroup } from "./existingWorkspace";

/** The emulator is signed in to the subscription that the stack names. */
export function azurePlace(settings: StackSettings): AzureSettings {
  const subscriptionId = settings[SUBSCRIPTION_KEY] ?? "";
  const place = { subscriptionId, tenantId: generatedGuid(subscriptionId, "tenantId") };
  return {
    ...place,
    resourceGroups: foundGroups(settings),
    existing: idsIn(settings),
    found: existingWorkspace(settings, place),
  };
}

/** The groups that the stack expects to find: its own unless it makes that, and that of an existing workspace. */
function foundGroups(settings: StackSettings): string[] {
  const of = (field: string) => settingText(settings, "mlscore:resourceGroup", field);
  const own = of("create") === "true" || of("name") === "" ? [] : [of("name")];
  return [...own, ...[workspaceGroup(settings) ?? []].flat()];
}

/** Every resource id that the settings name: another owner's, and assumed to exist. */
function idsIn(settings: StackSettings): string[] {
  return Object.values(settings).flatMap((text) => text.match(/\/subscriptions\/[^"\s]+/g) ?? []);
}
