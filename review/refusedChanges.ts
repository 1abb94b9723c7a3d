import { SUBSCRIPTION_KEY } from "../config/settingsFile";
import { Refusal } from "../emulator/azure/refusal";
import { withSplits } from "../emulator/azure/endpointTraffic";
import { azurePlace } from "../emulator/azurePlace";
import { EmulatorStore } from "../emulator/emulatorStore";
import type { CreatedResource } from "../graph/graph";
import { withIgnored } from "../graph/ignoreChanges";
import type { Inputs } from "../graph/paths";
import type { StackSettings } from "../graph/settings";
import type { RefusedChange, Resource, ResourceChange } from "./model";

type Step = (store: EmulatorStore) => void;

interface Planned {
  readonly resource: Resource;
  readonly step: Step;
}

/**
 * Does the changes on an emulator that has what was before, and tells those that it refuses: each side may be valid by itself,
 * and the way from one to the other closed. The order is the engine's (what is replaced goes first, what is no longer declared
 * last); among steps of one kind, one that waits for another is tried again after it.
 */
export function refusedChanges(
  before: { readonly resources: readonly Resource[]; readonly settings: StackSettings },
  after: { readonly settings: StackSettings },
  changes: readonly ResourceChange[],
): RefusedChange[] {
  // Everything has another id in another subscription: two stacks, for the emulator.
  if (before.settings[SUBSCRIPTION_KEY] !== after.settings[SUBSCRIPTION_KEY]) return [];
  const store = new EmulatorStore(azurePlace(after.settings), existing(before));
  // A rename is told as such: the emulator would only say that the same name is taken.
  const real = changes.filter(({ renamed }) => renamed === undefined);
  const phases = [
    real.filter(({ op }) => op === "replace").map(deletion),
    real.filter(({ op }) => op !== "delete" && op !== "same").map(put),
    real.filter(({ op }) => op === "delete").map(deletion),
  ];
  return phases.flatMap((phase) => refusedOf(store, phase));
}

function existing({ resources, settings }: Parameters<typeof refusedChanges>[0]) {
  const blank = new EmulatorStore(azurePlace(settings));
  return withSplits(
    resources.flatMap(({ type, inputs, id }): CreatedResource[] =>
      id === undefined ? [] : [blank.preview(type, inputs, id)],
    ),
  );
}

function deletion({ resource, before = resource }: ResourceChange): Planned {
  return {
    resource,
    step: (store) => {
      if (before.id !== undefined) store.delete(before.type, before.id);
    },
  };
}

function put({ op, resource, before }: ResourceChange): Planned {
  const { type } = resource;
  return {
    resource,
    step: (store) => {
      const { id } = before ?? {};
      // What a replaced parent took along is made again.
      if (op !== "update" || id === undefined || store.read(type, id) === undefined) {
        store.create(type, resource.inputs);
      } else {
        update(store, resource, id, before?.inputs ?? {});
      }
    },
  };
}

/** What the emulator refuses of what is there already (a preview does not have all of a state), it cannot decide on. */
function update(store: EmulatorStore, resource: Resource, id: string, olds: Inputs): void {
  const { type, inputs, ignoreChanges } = resource;
  try {
    store.update(type, id, withIgnored(ignoreChanges, olds, inputs));
  } catch (error) {
    if (isTaken(store, type, id, olds)) throw error;
  }
}

function isTaken(store: EmulatorStore, type: string, id: string, inputs: Inputs): boolean {
  try {
    store.update(type, id, inputs);
    return true;
  } catch {
    return false;
  }
}

/** Tries the steps until none of those that are left goes through. */
function refusedOf(store: EmulatorStore, planned: readonly Planned[]): RefusedChange[] {
  let left = planned;
  for (;;) {
    const refused = left.flatMap((one) => {
      const refusal = refusalOf(store, one);
      return refusal === undefined ? [] : [{ one, refusal }];
    });
    if (refused.length === left.length) {
      return refused.map(({ one: { resource }, refusal: { message, sources } }) => {
        return { resource, message, sources };
      });
    }
    left = refused.map(({ one }) => one);
  }
}

function refusalOf(store: EmulatorStore, { step }: Planned): Refusal | undefined {
  try {
    step(store);
  } catch (error) {
    if (error instanceof Refusal) return error;
    // A type that the emulator does not know (a preview may have any): it has no rules for it.
  }
  return undefined;
}
