import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { StackSettings } from "../graph/settings";
import { PROJECT_DIRECTORY } from "../projectDirectory";

/** Absolute folder of the endpoint's YAML that a stack's settings name. */
export function endpointFolder(settings: StackSettings): string {
  return resolve(PROJECT_DIRECTORY, settings["mlscore:endpointDirectory"] ?? "");
}

/** The request beside the YAML for trying the endpoint out; undefined where there is none. */
export function sampleRequest(folder: string): string | undefined {
  const sample = join(folder, "sample-request.json");
  return existsSync(sample) ? sample : undefined;
}
