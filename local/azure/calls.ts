import { catalogue } from "./catalogue";
import { resourceId, type Inputs } from "./ids";
import { generatedGuid } from "./outputs";
import { Refusal } from "./refusal";
import type { AzureWorld } from "./world";

/**
 * Answers of the functions that a program may call, by Pulumi token: who is signed in, and the look-up of any
 * resource of the catalogue (`azure-native:x:getY` for `azure-native:x:Y`). Any other function is a bug.
 *
 * @throws Refusal when what is looked up does not exist
 */
export function standInCall(
  token: string,
  inputs: Inputs,
  world: AzureWorld,
): Record<string, unknown> {
  const { subscriptionId, tenantId } = world.settings;
  if (token === "azure-native:authorization:getClientConfig") {
    return {
      subscriptionId,
      tenantId,
      clientId: generatedGuid(subscriptionId, "clientId"),
      objectId: generatedGuid(subscriptionId, "objectId"),
    };
  }
  const type = catalogue[token.replace(":get", ":")];
  if (type === undefined) throw new Error(`the stand-in does not know the function ${token}`);
  const id = resourceId(type, inputs, world.settings);
  const found = world.read(id);
  if (found === undefined) throw new Refusal("ResourceNotFound", `${id} does not exist`);
  return { ...found.outputs, id: found.id };
}
