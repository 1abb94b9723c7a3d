import type { CreatedResource } from "../graph/graph";
import type { Inputs } from "../graph/paths";

/** A part of the emulator's memory: the resources of one provider, and the rules they have to keep. */
export interface ResourceStore {
  /** @throws Refusal when a rule is broken */
  create(token: string, inputs: Inputs): CreatedResource;
  /** @throws Refusal when it does not exist, or a property changes that cannot */
  update(token: string, id: string, inputs: Inputs): CreatedResource;
  read(token: string, id: string): CreatedResource | undefined;
  /** @throws Refusal while it is in use */
  delete(token: string, id: string): void;
  list(): CreatedResource[];
  /** The resource as it would be with these inputs, whether or not it may; with an id of its own unless given. */
  preview(token: string, inputs: Inputs, id?: string): CreatedResource;
  /** Dotted paths of the inputs that differ, as far as they are part of the resource. */
  changedInputs(token: string, olds: Inputs, news: Inputs): string[];
  /** Properties whose change makes a new resource instead of changing this one. */
  changedImmutables(token: string, olds: Inputs, news: Inputs): string[];
  /** Names of the outputs that are unknown before the resource is made. */
  computed(token: string, inputs: Inputs): string[];
}
