import { z } from "zod";

const ignored = z.unknown().optional();

/**
 * Keys that `az ml online-endpoint show` and `az ml online-deployment show` write. The CLI takes them in a file, where
 * they mean nothing; so does this project, with a warning.
 */
export const readOnlyKeys = {
  id: ignored,
  provisioning_state: ignored,
  scoring_uri: ignored,
  openapi_uri: ignored,
  location: ignored,
  kind: ignored,
  resourceGroup: ignored,
  creation_context: ignored,
};
