/** Resources of azure-native's shape as ARM shows them, and what ARM is sent as azure-native's inputs. */
import { armBody } from "../../render/armBody";
import { textAt, valueAt, type Inputs } from "../../graph/paths";
import { generatedGuid } from "../azure/outputs";
import { azureType } from "../azure/azureStore";
import type { CreatedResource } from "../../graph/graph";
import { MASKED } from "../../graph/plainInputs";
import type { ArmDocument, ArmIdentity, AssetVersionDocument } from "./backend";
import { nameOf } from "./paths";

/** The resource as it is now: tags and properties from what it became, the rest from what was asked for. */
export function documentOf({ token, id, inputs, outputs }: CreatedResource): ArmDocument {
  const type = azureType(token);
  const current = {
    ...inputs,
    tags: outputs["tags"] ?? inputs["tags"] ?? {},
    ...lifted(outputs, "provisioningState"),
    ...lifted(outputs, "workspaceId"),
    ...(outputs["properties"] === undefined ? {} : { properties: outputs["properties"] }),
  };
  const { apiVersion: _version, name: _path, identity, ...body } = armBody(type, current, id);
  return {
    ...(type.armType.endsWith("/workspaces") ? {} : { kind: "Managed" }),
    ...(withoutSecrets(body) as Omit<ArmDocument, "id" | "name">),
    ...(identity === undefined
      ? {}
      : { identity: withPrincipals(identity as ArmIdentity, outputs) }),
    id,
    name: nameOf(id),
  };
}

/** Versions have neither place nor tags of their own: all of that is in their properties. */
export function assetVersionDocument({
  token,
  id,
  outputs,
}: CreatedResource): AssetVersionDocument {
  return {
    id,
    name: nameOf(id),
    type: azureType(token).armType,
    systemData: valueAt(outputs, "systemData") as Record<string, unknown>,
    properties: withoutSecrets(valueAt(outputs, "properties")) as Record<string, unknown>,
  };
}

/** What Azure adds to the properties of a type whose properties azure-native has lifted. */
function lifted(outputs: Inputs, name: string): Inputs {
  return outputs[name] === undefined ? {} : { [name]: outputs[name] };
}

/** The inputs that ask for what ARM was sent. */
export function inputsOf(
  names: Inputs,
  body: {
    readonly location: string;
    readonly tags: object;
    readonly kind?: string;
    readonly sku?: object;
    readonly identity?: ArmIdentity;
    readonly properties: object;
  },
): Inputs {
  const { identity, ...rest } = body;
  if (identity === undefined) return { ...names, ...rest };
  const { type, userAssignedIdentities } = identity;
  const assigned = Object.keys(userAssignedIdentities ?? {});
  return {
    ...names,
    ...rest,
    identity: { type, ...(assigned.length === 0 ? {} : { userAssignedIdentities: assigned }) },
  };
}

/** ARM names the principals of identities in its answers. */
function withPrincipals(identity: ArmIdentity, outputs: Inputs): ArmIdentity {
  const principalId = textAt(outputs, "identity.principalId");
  const tenantId = textAt(outputs, "identity.tenantId");
  const assigned = Object.keys(identity.userAssignedIdentities ?? {}).map((id) => [
    id,
    { principalId: generatedGuid(id, "principalId"), clientId: generatedGuid(id, "clientId") },
  ]);
  return {
    type: identity.type,
    ...(principalId === "" ? {} : { principalId, tenantId }),
    ...(assigned.length === 0
      ? {}
      : { userAssignedIdentities: Object.fromEntries(assigned) as Record<string, unknown> }),
  };
}

/** What is stored of a secret is a fingerprint, which no client could read as the text that it expects. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  if (valueAt(value, "secretSha256") !== undefined) return MASKED;
  const entries = Object.entries(value).map(([key, item]) => [key, withoutSecrets(item)]);
  return Object.fromEntries(entries) as unknown;
}
