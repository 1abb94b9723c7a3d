import { version as azureNativeVersion } from "@pulumi/azure-native/package.json";
import { version as dockerVersion } from "@pulumi/docker/package.json";
import { version as kubernetesVersion } from "@pulumi/kubernetes/package.json";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { lock } from "proper-lockfile";
import writeFileAtomic from "write-file-atomic";
import { emulatorCall } from "../azure/calls";
import { CLUSTER } from "../azure/clusterCalls";
import { refreshedInputs } from "../azure/clusterRefresh";
import { endpointNotFoundYet, wrappedError } from "../azure/endpointNames";
import type { Inputs } from "../../graph/paths";
import { Refusal } from "../azure/refusal";
import type { AzureSettings } from "../azure/typeRules";
import { Faults, parseFault } from "../arm/faults";
import { GATEWAY_API, gatewayApiPlugin } from "./gatewayApi";
import { takeReadsWithoutState } from "./readsWithoutState";
import { trafficPlugin } from "./trafficSplit";
import { fingerprint, plainInputs } from "../../graph/plainInputs";
import type { CreatedResource } from "../../graph/graph";
import { EmulatorStore } from "../emulatorStore";

/**
 * The emulator's catalogue as a Pulumi provider plug-in, so that the real engine previews and updates whole stacks
 * with no Azure: as `pulumi-resource-azure-native` for Azure's resources, as `pulumi-resource-kubernetes` and
 * `pulumi-resource-docker` for theirs (MLSCORE_EMULATOR_PACKAGE says which), and as `pulumi-resource-pulumi-nodejs` for
 * dynamic ones. All processes share one memory, the file named by MLSCORE_EMULATOR; beside it, in `.calls`, stands what
 * Azure was asked to change, a line for each, in the order in which it was.
 *
 * Node's provider server does not announce previews, so during one every output is unknown, as with a real first run.
 */

interface Memory {
  readonly settings: AzureSettings;
  readonly resources: readonly CreatedResource[];
}

/** The engine wants the version of the SDK that the program uses. */
const versions: Readonly<Record<string, string>> = {
  "azure-native": azureNativeVersion,
  docker: dockerVersion,
  kubernetes: kubernetesVersion,
};

const file = process.env["MLSCORE_EMULATOR"] ?? "";

/** Lets the work see and change the emulator's memory while nobody else does. */
async function withStore<T>(work: (store: EmulatorStore) => T | Promise<T>): Promise<T> {
  const release = await lock(file, { retries: { retries: 200, minTimeout: 5, maxTimeout: 50 } });
  try {
    const memory = JSON.parse(readFileSync(file, "utf8")) as Memory;
    const store = new EmulatorStore(memory.settings, memory.resources);
    const result = await work(store);
    const next: Memory = {
      settings: memory.settings,
      resources: inOrder(store.list(), memory.resources),
    };
    writeFileAtomic.sync(file, JSON.stringify(next), { fsync: false });
    return result;
  } finally {
    await release();
  }
}

/** What was there keeps its place, and what is new comes last: the memory tells in which order things were made. */
function inOrder(
  resources: readonly CreatedResource[],
  before: readonly CreatedResource[],
): readonly CreatedResource[] {
  const key = ({ token, id }: CreatedResource) => `${token} ${id.toLowerCase()}`;
  const places = new Map(before.map((resource, place) => [key(resource), place]));
  const place = (resource: CreatedResource) => places.get(key(resource)) ?? before.length;
  return [...resources].sort((a, b) => place(a) - place(b));
}

/** Where the state keeps what a resource was made with: what differs from that is a change, as in azure-native. */
const INPUTS = "__inputs";

function stateOf({ inputs, outputs }: CreatedResource): Record<string, unknown> {
  return { ...outputs, [INPUTS]: inputs };
}

function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

function record(call: string): void {
  appendFileSync(`${file}.calls`, `${call}\n`);
}

const ENDPOINT = "azure-native:machinelearningservices:OnlineEndpoint";

/** The faults that a test has switched on, in `.faults` beside the memory: each goes off once. */
function throwFault({ endpointName }: Record<string, unknown>): void {
  if (!existsSync(`${file}.faults`)) return;
  const faults = new Faults();
  const entries = JSON.parse(readFileSync(`${file}.faults`, "utf8")) as unknown[];
  for (const fault of entries) faults.add(parseFault(fault));
  const hit = faults.take("PUT", String(endpointName), "notFoundAfterDeletion");
  writeFileSync(`${file}.faults`, JSON.stringify(faults.pending()));
  if (hit !== undefined) throw endpointNotFoundYet();
}

/** azure-native reports an answer's code and message, and drops its details (its newResponseError). */
function asAzureNative(error: unknown): never {
  const wrapped = error instanceof Refusal ? wrappedError(error) : undefined;
  if (wrapped === undefined) throw error;
  const { code, message } = wrapped;
  throw new Error(`Status=${code === "NotFound" ? 404 : 400} Code="${code}" Message="${message}"`);
}

/** A cluster's pools come into the state by position. An import has no state yet. */
function inputsAfterRead({ token, inputs, outputs }: CreatedResource, state: Inputs): Inputs {
  const before = state[INPUTS] as Inputs | undefined;
  if (token !== CLUSTER || before === undefined) return inputs;
  const { agentPoolProfiles } = refreshedInputs(before, state, outputs);
  return { ...inputs, agentPoolProfiles };
}

/** The product's own providers, which ask the emulator instead of Azure. */
const traffic = trafficPlugin(withStore, record);
const gatewayApi = gatewayApiPlugin(withStore, record);

function ownProvider(urn: string): typeof traffic | typeof gatewayApi | undefined {
  switch (typeOf(urn)) {
    case "pulumi-nodejs:dynamic/mlscore:TrafficSplit":
      return traffic;
    case GATEWAY_API:
      return gatewayApi;
    default:
      return undefined;
  }
}

const provider: pulumi.provider.Provider = {
  version: versions[process.env["MLSCORE_EMULATOR_PACKAGE"] ?? ""] ?? azureNativeVersion,
  diff: async (id, urn, olds: Record<string, unknown>, news: Record<string, unknown>) => {
    const own = ownProvider(urn);
    if (own !== undefined) return own.diff(id, urn, olds, news);
    const token = typeOf(urn);
    const before = olds[INPUTS] as Inputs;
    const after = plainInputs(news, fingerprint);
    return withStore((store) => ({
      changes: store.changedInputs(token, before, after).length > 0,
      replaces: store.changedImmutables(token, before, after),
      deleteBeforeReplace: true,
    }));
  },
  create: async (urn, inputs: Record<string, unknown>) => {
    const own = ownProvider(urn);
    if (own !== undefined) return own.create(urn, inputs);
    const token = typeOf(urn);
    const created = await withStore((store) => {
      if (token === ENDPOINT) throwFault(inputs);
      return store.create(token, plainInputs(inputs, fingerprint));
    }).catch(asAzureNative);
    record(`PUT ${created.id}`);
    return { id: created.id, outs: stateOf(created) };
  },
  read: async (id, urn, props: Record<string, unknown>) => {
    const own = ownProvider(urn);
    if (own !== undefined) return own.read(id, urn, props);
    const found = await withStore((store) => store.read(typeOf(urn), id));
    if (found === undefined) return {};
    const read = { ...found, inputs: inputsAfterRead(found, props) };
    return { id, props: stateOf(read), inputs: read.inputs };
  },
  update: async (id, urn, olds: Record<string, unknown>, news: Record<string, unknown>) => {
    const own = ownProvider(urn);
    if (own !== undefined) return own.update(id, urn, olds, news);
    const created = await withStore((store) =>
      store.update(typeOf(urn), id, plainInputs(news, fingerprint)),
    );
    record(`PUT ${id}`);
    return { outs: stateOf(created) };
  },
  delete: (id, urn, props: Record<string, unknown>) => {
    const own = ownProvider(urn);
    if (own !== undefined) return own.delete(id, urn, props);
    return withStore((store) => {
      store.delete(typeOf(urn), id);
      // A version of an asset is archived, which is a PUT.
      record(`${store.read(typeOf(urn), id) === undefined ? "DELETE" : "PUT"} ${id}`);
    });
  },
  invoke: async (token, inputs: Record<string, unknown>) => ({
    outputs: await withStore((store) => emulatorCall(token, inputs, store.azure)),
  }),
};

if (!existsSync(file)) {
  throw new Error("MLSCORE_EMULATOR must name the emulator's memory file");
}
takeReadsWithoutState();
void pulumi.provider.main(provider, process.argv.slice(2));
