import { join } from "node:path";
import { localPaths } from "../../config/azureml/localPaths";
import { readStackSettings, stackFile } from "../../graph/settings";
import { PROJECT_DIRECTORY } from "../../projectDirectory";
import { endpointFolder } from "../endpointFolder";
import { readRegistered, registeredFile } from "../registered/record";

/**
 * What an endpoint on this machine is made of, absolute: the stack's settings, the folder with the YAML, what the YAML names, and
 * what is named for assets that are registered in Azure.
 *
 * @throws UserError or ConfigError when the stack's settings cannot be read
 */
export async function watchedPaths({
  stack,
  endpoint,
}: {
  readonly stack: string;
  readonly endpoint?: string;
}): Promise<readonly string[]> {
  const folder = endpointFolder(readStackSettings(stack, endpoint));
  const { model, environment, code } = readRegistered(stack);
  const registered = [model, environment, code].flatMap((paths) => [...paths.values()]);
  return [
    join(PROJECT_DIRECTORY, stackFile(stack)),
    registeredFile(stack),
    folder,
    ...registered,
    ...(await localPaths(folder)),
  ];
}
