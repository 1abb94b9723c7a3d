import type { ManagedCluster } from "@azure/arm-containerservice";
import type * as pulumi from "@pulumi/pulumi";
import {
  gatewayApiProvider,
  type GatewayApiInputs,
  type GatewayApiState,
  type ManagedClusters,
} from "../../components/gatewayApiProvider";
import { generatedGuid } from "../azure/outputs";
import type { AzureStore } from "../azure/azureStore";
import type { WithStore } from "./trafficSplit";
import { fingerprint, plainInputs } from "../../graph/plainInputs";

type Wire = Record<string, unknown>;

export const GATEWAY_API = "pulumi-nodejs:dynamic/mlscore:GatewayApi";

/**
 * The product's own provider of the Gateway API setting as a part of the emulator's plug-in: it reads and writes the
 * emulated cluster. The setting is an answer of Azure's and no input of the cluster, so the next write of the cluster by
 * azure-native drops it. It is not documented whether AKS does so; the emulator assumes the worse case.
 *
 * @param record told of every write, as `PUT id`
 */
export function gatewayApiPlugin(withStore: WithStore, record: (call: string) => void) {
  const asked = <T>(
    work: (provider: ReturnType<typeof gatewayApiProvider>, azure: AzureStore) => Promise<T>,
  ) =>
    withStore(({ azure }) =>
      work(
        gatewayApiProvider((inputs) => Promise.resolve(emulatedClusters(azure, inputs, record))),
        azure,
      ),
    );
  const { diff } = gatewayApiProvider(() => Promise.reject(new Error("a diff makes no calls")));
  return {
    diff: (id: string, _urn: string, olds: Wire, news: Wire) =>
      diff(id, stateOf(olds), stateOf(news)) as Promise<pulumi.provider.DiffResult>,
    create: (_urn: string, inputs: Wire) =>
      asked(async (provider, azure) => {
        const { outs } = await provider.create(stateOf(inputs));
        const { id } = azure.create(GATEWAY_API, { ...stateOf(inputs) });
        return { id, outs: { ...outs } };
      }),
    read: (id: string, _urn: string, props: Wire): Promise<pulumi.provider.ReadResult> =>
      asked(async (provider) => {
        const found = await provider.read(id, stateOf(props));
        return found.id === undefined || found.id === ""
          ? {}
          : { id: found.id, props: { ...found.props } };
      }),
    update: (id: string, _urn: string, olds: Wire, news: Wire) =>
      asked(async (provider) => {
        const { outs } = await provider.update(id, stateOf(olds), stateOf(news));
        return { outs: { ...outs } };
      }),
    delete: (id: string, _urn: string, props: Wire) =>
      asked(async (provider, azure) => {
        await provider.delete(id, stateOf(props));
        azure.delete(id);
      }),
  };
}

/** The emulated clusters as Azure's SDK shows them. */
function emulatedClusters(
  azure: AzureStore,
  { subscriptionId }: GatewayApiInputs,
  record: (call: string) => void,
): ManagedClusters {
  const idOf = (group: string, name: string) =>
    `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/Microsoft.ContainerService/managedClusters/${name}`;
  const found = (group: string, name: string): ManagedCluster => {
    const cluster = azure.read(idOf(group, name));
    if (cluster !== undefined) return cluster.outputs as unknown as ManagedCluster;
    throw Object.assign(new Error(`${idOf(group, name)} does not exist`), { statusCode: 404 });
  };
  return {
    get: (group: string, name: string) => Promise.resolve().then(() => found(group, name)),
    createOrUpdate: (
      group: string,
      name: string,
      { ingressProfile }: ManagedCluster,
      options?: { readonly ifMatch?: string },
    ) => {
      const id = idOf(group, name);
      const { eTag } = found(group, name);
      if (options?.ifMatch !== undefined && options.ifMatch !== eTag) {
        return Promise.reject(Object.assign(new Error("the ETag differs"), { statusCode: 412 }));
      }
      azure.updateCluster(id, { ingressProfile, eTag: generatedGuid(id, `after ${eTag ?? ""}`) });
      record(`PUT ${id}`);
      return Promise.resolve(found(group, name));
    },
  } as unknown as ManagedClusters;
}

/** Inputs and state of a GatewayApi hold no secret. */
function stateOf(wire: Wire): GatewayApiState {
  const { __provider, ...inputs } = plainInputs(wire, fingerprint);
  return inputs as unknown as GatewayApiState;
}
