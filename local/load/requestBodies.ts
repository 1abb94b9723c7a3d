import { join } from "node:path";
import { requestFiles } from "../../config/rolloutSettings";
import { UserError } from "../../errors";
import { readStackSettings } from "../../graph/settings";
import { MOST_BYTES, readUserFile } from "../../input/userFile";
import { shownPath } from "../../projectDirectory";
import { endpointFolder, sampleRequest } from "../endpointFolder";

/**
 * The bodies of the `.json` files in a folder, by name; without a folder, of `requests` or else `sample-request.json` beside the
 * endpoint's YAML.
 *
 * @throws UserError when there is none
 */
export function requestBodies(options: {
  readonly stack: string;
  readonly endpoint?: string;
  readonly requests?: string;
}): Buffer[] {
  const { stack, endpoint, requests } = options;
  const files = requests === undefined ? beside(stack, endpoint) : requestFiles(requests);
  if (files.length > 0) return files.map((file) => readUserFile(file, MOST_BYTES.request));
  throw new UserError(
    requests === undefined
      ? "There is no request to send: put .json files in requests/ beside the endpoint's YAML, or name a folder with --requests"
      : `There is no request to send: ${shownPath(requests)} is not a folder with .json files`,
  );
}

function beside(stack: string, endpoint: string | undefined): string[] {
  const folder = endpointFolder(readStackSettings(stack, endpoint));
  const recorded = requestFiles(join(folder, "requests"));
  const sample = sampleRequest(folder);
  return recorded.length === 0 && sample !== undefined ? [sample] : recorded;
}
