import type { StackSettings } from "../graph/settings";
import type { LiveWorkspace } from "./live";
import { yamlText } from "./yamlText";

/** What the settings of the stack say, by full key. */
type Settings = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/**
 * Settings of a stack that takes the endpoint over: the workspace is somebody else's, so the stack owns neither that nor its
 * assets.
 *
 * @param endpointDirectory as the setting has it: absolute, or relative to the project
 */
export function stackSettings(
  workspace: LiveWorkspace,
  workload: string,
  endpointDirectory: string,
): Settings {
  return {
    "mlscore:target": "sandbox",
    "azure-native:subscriptionId": workspace.subscriptionId,
    "mlscore:location": workspace.location,
    "mlscore:workload": workload,
    "mlscore:endpointDirectory": endpointDirectory,
    "mlscore:workspace": { name: workspace.name, resourceGroup: workspace.resourceGroup },
    "mlscore:network": { isolationMode: workspace.isolationMode },
  };
}

/** The same as the engine passes it on. */
export function asPassedOn(settings: Settings): StackSettings {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

/** The file of the stack's settings. */
export function settingsText(settings: Settings): string {
  const comments = [
    {
      at: ["config", "mlscore:workload"],
      text: "Begins the names of what the stack creates for itself; to be chosen before the first update.",
    },
    {
      at: ["config", "mlscore:workspace"],
      text: "Read, never changed. For its logs the stack creates a resource group; to use one that exists: mlscore:resourceGroup: {name: NAME, create: false}",
    },
    {
      at: ["config", "mlscore:network"],
      text: "As the workspace is now: the program refuses a workspace that isolates less.",
    },
  ];
  return yamlText({ config: settings }, comments);
}

/** A workload's name made from an endpoint's: 2 to 12 lower-case letters and digits, a letter first. */
export function workloadFor(endpoint: string): string {
  return endpoint
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "")
    .slice(0, 12);
}
