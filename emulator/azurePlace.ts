import { SUBSCRIPTION_KEY } from "../config/settingsFile";
import { settingText, type StackSettings } from "../graph/settings";
import type { AzureSettings } from "./azure/typeRules";
import { generatedGuid } from "./azure/outputs";

/** The emulator is signed in to the subscription that the stack names. */
export function azurePlace(settings: StackSettings): AzureSettings {
  const subscriptionId = settings[SUBSCRIPTION_KEY] ?? "";
  return {
    subscriptionId,
    tenantId: generatedGuid(subscriptionId, "tenantId"),
    resourceGroups: foundGroups(settings),
    existing: idsIn(settings),
  };
}

/** The group that the stack expects to find; none where it makes one. */
function foundGroups(settings: StackSettings): string[] {
  const of = (field: string) => settingText(settings, "mlscore:resourceGroup", field);
  return of("create") === "true" || of("name") === "" ? [] : [of("name")];
}

/** Every resource id that the settings name: another owner's, and assumed to exist. */
function idsIn(settings: StackSettings): string[] {
  return Object.values(settings).flatMap((text) => text.match(/\/subscriptions\/[^"\s]+/g) ?? []);
}
