import { catalogue } from "./catalogue";
import { CLUSTER, userCredentials, withAgentPools } from "./clusterCalls";
import type { Inputs } from "../../graph/paths";
import { resourceId } from "./armIds";
import { generatedGuid } from "./outputs";
import { Refusal } from "./refusal";
import type { CreatedResource } from "../../graph/graph";
import type { AzureStore } from "./azureStore";

/**
 * Answers of the functions that a program may call, by Pulumi token: who is signed in, the look-up of any resource
 * of the catalogue (`azure-native:x:getY` for `azure-native:x:Y`), and how to get into a cluster. Any other function is
 * a bug.
 *
 * @throws Refusal when what is looked up does not exist
 */
export function emulatorCall(
  token: string,
  inputs: Inputs,
  store: AzureStore,
): Record<string, unknown> {
  const { subscriptionId, tenantId } = store.settings;
  if (token === "azure-native:authorization:getClientConfig") {
    return {
      subscriptionId,
      tenantId,
      clientId: generatedGuid(subscriptionId, "clientId"),
      objectId: generatedGuid(subscriptionId, "objectId"),
    };
  }
  if (token === "azure-native:containerservice:listManagedClusterUserCredentials") {
    return userCredentials(lookedUp(CLUSTER, token, inputs, store));
  }
  const type = token.replace(":get", ":");
  const found = lookedUp(type, token, inputs, store);
  const outputs = type === CLUSTER ? withAgentPools(found, store) : found.outputs;
  return { ...outputs, id: found.id };
}

function lookedUp(type: string, token: string, inputs: Inputs, store: AzureStore): CreatedResource {
  const known = catalogue[type];
  if (known === undefined) throw new Error(`the emulator does not know the function ${token}`);
  const id = resourceId(known, inputs, store.settings);
  const found = store.read(id);
  if (found !== undefined) return found;
  const refusal = new Refusal("ResourceNotFound", `${id} does not exist`, "arm-not-found");
  // Pulumi's SDK tells the program only the `details` of what failed, as errors of gRPC have them.
  throw Object.assign(refusal, { details: refusal.message });
}
