import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../errors";
import { emulatorCall } from "./azure/calls";
import { azurePlace } from "./azurePlace";
import { withSplits } from "./azure/endpointTraffic";
import type { Inputs } from "../graph/paths";
import { emulatedReads } from "./azure/kubernetesVersions";
import { Refusal } from "./azure/refusal";
import { AzureStore } from "./azure/azureStore";
import { resourceKey, type Change } from "../graph/changes";
import { withIgnored } from "../graph/ignoreChanges";
import { evaluate, type Evaluation, type Registration } from "../graph/program";
import type { StackSettings } from "../graph/settings";
import { fingerprint, plainInputs, revealed } from "../graph/plainInputs";
import type { CreatedResource, StoredResource } from "../graph/graph";
import { isAzureResource, EmulatorStore } from "./emulatorStore";

export interface EmulatorRun extends Evaluation {
  /** What differs from the earlier run, in the order in which it would be done. */
  readonly changes: readonly Change[];
  /** The stack's resources after this run, by `resourceKey`. */
  readonly created: ReadonlyMap<string, CreatedResource>;
  readonly stored: StoredResource[];
  readonly tenantId: string;
}

/**
 * Evaluates a stack against the Azure emulator and its cluster: every resource gets the id and outputs that they
 * would give it, or is refused as they would. Nothing outside this process changes.
 *
 * @param otherStacks outputs of stacks that the program refers to, by full name; any other one cannot be read here
 * @param isLocalRun whether the stack is to run on this machine alone
 * @throws UserError with every refusal
 */
export async function runOnEmulator(
  stack: string,
  settings: StackSettings,
  prior: readonly StoredResource[],
  otherStacks: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {},
  isLocalRun = false,
): Promise<EmulatorRun> {
  const place = azurePlace(settings);
  const blank = new EmulatorStore(place);
  const store = new EmulatorStore(
    place,
    withSplits(prior.map(({ type, id, inputs }) => blank.preview(type, inputs, id))),
  );
  const before = new Map(prior.map((resource) => [resourceKey(resource), resource]));
  const created = new Map<string, CreatedResource>();
  const storedInputs = new Map<string, Inputs>();
  const changes: Change[] = [];
  const refused: string[] = [];
  const refusedResources: CreatedResource[] = [];

  const register = (registration: Registration) => {
    if (!registration.custom) return { id: undefined, state: {} };
    const { type, name } = registration;
    const inputs = plainInputs(registration.inputs, revealed);
    const former = before.get(resourceKey(registration));
    try {
      const { resource, change, stored } = put(store, registration, inputs, former);
      created.set(resourceKey(registration), resource);
      storedInputs.set(resourceKey(registration), stored);
      changes.push(change);
      return { id: resource.id, state: resource.outputs };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused.push(`${name}: ${error.message}`);
      // Going on as if it had been made shows all refusals at once.
      const pretended = store.preview(type, inputs);
      refusedResources.push(pretended);
      return { id: pretended.id, state: pretended.outputs };
    }
  };

  const evaluation = await evaluate({
    stack,
    preview: false,
    settings,
    register,
    stackOutputs: (name) => otherStacks[name],
    azureReads: emulatedReads,
    isLocalRun,
    call: (token, inputs) => {
      const everything = [...store.list(), ...refusedResources].filter(({ token }) =>
        isAzureResource(token),
      );
      return emulatorCall(token, inputs, new AzureStore(place, everything));
    },
  });
  changes.push(...deleteOthers(store, prior, created, refused));
  if (refused.length > 0) {
    throw new UserError(`This would be refused:\n  ${refused.join("\n  ")}`);
  }
  const stored = evaluation.resources.flatMap((declared) => {
    const { type, name } = declared;
    const resource = created.get(resourceKey(declared));
    const inputs = storedInputs.get(resourceKey(declared));
    return resource === undefined || inputs === undefined
      ? []
      : [{ type, name, id: resource.id, inputs }];
  });
  return { ...evaluation, changes, created, stored, tenantId: place.tenantId };
}

/** Evaluates a stack as a first `pulumi preview` would: what Azure would have to answer is unknown. */
export async function previewOnEmulator(
  stack: string,
  settings: StackSettings,
): Promise<Evaluation> {
  return evaluate({
    stack,
    preview: true,
    settings,
    register: (registration) => ({
      id: undefined,
      state: registration.custom ? withUnknownOutputs(registration, azurePlace(settings)) : {},
    }),
    call: (token, inputs) => emulatorCall(token, inputs, new AzureStore(azurePlace(settings))),
    stackOutputs: () => undefined,
    azureReads: emulatedReads,
  });
}

/** A provider knows only what it was given; what Azure would compute, and any object it completes, is unknown. */
function withUnknownOutputs(
  { type, inputs: wire }: Registration,
  place: ReturnType<typeof azurePlace>,
): Record<string, unknown> {
  const inputs = plainInputs(wire, revealed);
  const computed = new EmulatorStore(place).computed(type, inputs);
  const unknown = computed.map((key) => [key, pulumi.runtime.unknownValue] as const);
  return { ...inputs, ...Object.fromEntries(unknown) };
}

function put(
  store: EmulatorStore,
  { type, name, inputs: wire, ignoreChanges }: Registration,
  declared: Inputs,
  former: StoredResource | undefined,
): { resource: CreatedResource; change: Change; stored: Inputs } {
  const masked = plainInputs(wire, fingerprint);
  if (former === undefined) {
    const change = { op: "create", type, name, properties: [] } as const;
    return { resource: store.create(type, declared), change, stored: masked };
  }
  const stored = withIgnored(ignoreChanges, former.inputs, masked);
  const inputs = withIgnored(ignoreChanges, former.inputs, declared);
  const properties = store.changedInputs(type, former.inputs, stored);
  const done = (op: Change["op"], resource: CreatedResource) => ({
    resource,
    change: { op, type, name, properties },
    stored,
  });
  // What its parent took along when that was replaced is made again.
  const gone = store.read(type, former.id) === undefined;
  if (gone || store.changedImmutables(type, former.inputs, stored).length > 0) {
    store.delete(type, former.id);
    return done("replace", store.create(type, declared));
  }
  const op = properties.length === 0 ? "same" : "update";
  return done(op, store.update(type, former.id, inputs));
}

/** What the stack had and no longer declares goes last, the newest first, as in an update of the engine. */
function deleteOthers(
  store: EmulatorStore,
  prior: readonly StoredResource[],
  created: ReadonlyMap<string, CreatedResource>,
  refused: string[],
): Change[] {
  const gone = prior.filter((resource) => !created.has(resourceKey(resource))).reverse();
  return gone.map(({ type, name, id }) => {
    try {
      store.delete(type, id);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused.push(`${name}: ${error.message}`);
    }
    return { op: "delete", type, name, properties: [] };
  });
}
