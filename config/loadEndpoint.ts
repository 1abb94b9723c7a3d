import { statSync } from "node:fs";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ConfigError, formatPlace } from "../errors";
import { PROJECT_DIRECTORY, shownPath } from "../projectDirectory";
import { assetReader } from "./azureml/assetReader";
import { readEndpointDirectory } from "./azureml/index";
import { tellProgress } from "./progress";
import type { OnlineEndpointDefinition } from "./types";

/**
 * Reads an endpoint with its deployments from a folder of Azure ML CLI v2 YAML, for programs that declare an
 * `OnlineEndpoint` by themselves. Warnings go to Pulumi's log.
 *
 * @param directory relative to the project
 * @throws ConfigError with every problem of all files
 */
export async function loadEndpoint(directory: string): Promise<OnlineEndpointDefinition> {
  const folder = resolve(PROJECT_DIRECTORY, directory);
  const absence = whyNoFolder(folder);
  if (absence !== undefined) {
    throw new ConfigError([{ file: directory, message: absence, severity: "error" }]);
  }
  const { definition, problems } = await readEndpointDirectory(shownPath(folder), {
    assets: assetReader({ tell: tellProgress }),
  });
  if (definition === undefined) throw new ConfigError(problems);
  for (const warning of problems) await pulumi.log.warn(formatPlace(warning));
  return definition;
}

/** What is wrong with a path that must be a folder; undefined where nothing is. */
export function whyNoFolder(path: string): string | undefined {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined) return "does not exist";
  return there.isDirectory() ? undefined : "is a file and not a folder";
}
