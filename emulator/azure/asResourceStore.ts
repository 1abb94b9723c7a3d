import { catalogue } from "./catalogue";
import { CLUSTER, withAgentPools } from "./clusterCalls";
import { resourceId } from "./armIds";
import { computedOutputs } from "./outputs";
import { azureType, changedImmutables, changedInputs, type AzureStore } from "./azureStore";
import type { ResourceStore } from "../resourceStore";

/** Azure's resources as a part of the emulator. An ARM id says all; the token is not needed to find one. */
export function azureAsResourceStore(azure: AzureStore): ResourceStore {
  return {
    create: (token, inputs) => azure.create(token, inputs),
    update: (token, id, inputs) => azure.update(id, token, inputs),
    read: (token, id) => {
      const found = azure.read(id);
      if (found === undefined || token !== CLUSTER) return found;
      return { ...found, outputs: withAgentPools(found, azure) };
    },
    delete: (_token, id) => {
      azure.delete(id);
    },
    list: () => azure.list(),
    preview(token, inputs, id = resourceId(azureType(token), inputs, azure.settings)) {
      // A state may hold a type that this version of the program no longer declares.
      const type = catalogue[token];
      const computed =
        type === undefined ? {} : computedOutputs(token, type, inputs, id, azure.settings);
      return { token, id, inputs, outputs: { ...inputs, ...computed } };
    },
    changedInputs: (token, olds, news) => changedInputs(azureType(token), olds, news),
    changedImmutables: (token, olds, news) => changedImmutables(azureType(token), olds, news),
    computed: (token, inputs) =>
      Object.keys(computedOutputs(token, azureType(token), inputs, "", azure.settings)),
  };
}
