import { z } from "zod";
import { MAX_MIRROR_PERCENT } from "../../traffic/splitRules";
import { readOnlyKeys } from "./readOnlyKeys";
import { choice, prose, refused, text, textMap, wholeNumber } from "./yamlValues";

/**
 * The YAML of a managed online endpoint, whole.
 * Sources: Microsoft Learn "CLI (v2) online endpoint YAML schema" (keys, defaults); azure-sdk-for-python
 * `_schema/_endpoint/online/online_endpoint.py` and `_schema/identity.py` (spellings taken, one identity at most).
 */

/** An identity is given as `{resource_id: …}` (the CLI's form) or as the bare id (the reference page's wording). */
const userAssignedIdentity = z.union([
  z.string(),
  z.strictObject({
    resource_id: text("the ARM id of a user-assigned identity"),
    client_id: text().optional(),
    object_id: text().optional(),
    principal_id: text().optional(),
  }),
]);

const identitySchema = z.strictObject({
  type: choice(["system_assigned", "user_assigned", "none"]),
  user_assigned_identities: z.array(userAssignedIdentity).optional(),
  principal_id: text().optional(),
  tenant_id: text().optional(),
});

export const endpointSchema = z.strictObject({
  $schema: text().optional(),
  /** Unique in the Azure region. */
  name: text("the endpoint's name"),
  description: prose().optional(),
  tags: textMap().optional(),
  /** Can be added to later, never removed or changed. */
  properties: textMap().optional(),
  /** How callers prove who they are. @default key */
  auth_mode: choice(["key", "aml_token", "aad_token"]).optional(),
  identity: identitySchema.optional(),
  /** Percent of the requests by deployment. @default - no deployment gets any */
  traffic: z.record(z.string(), wholeNumber(0, 100, "percent of the requests")).optional(),
  /** Percent of the live requests that are mirrored to one deployment. @default - nothing is mirrored */
  mirror_traffic: z
    .record(
      z.string(),
      wholeNumber(0, MAX_MIRROR_PERCENT, "percent of the requests; Azure mirrors half at most"),
    )
    .optional(),
  /** Whether the endpoint can be called from the internet. @default enabled */
  public_network_access: choice(["enabled", "disabled"]).optional(),
  compute: refused(
    "names a Kubernetes compute target; this project deploys managed online endpoints, which have none: remove the key",
  ).optional(),
  defaults: refused(
    'is a key of batch endpoints; an online endpoint chooses its deployment with "traffic"',
  ).optional(),
  ...readOnlyKeys,
});
