import type { CreatedResource } from "../../graph/graph";
import type { Inputs } from "../../graph/paths";
import type { Split } from "../../traffic/split";
import type { AzurePlace } from "./armIds";

/** What else than the split can change about an endpoint. */
export interface EndpointUpdate {
  /** All of them. */
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Where things are and what is there already without having been declared. */
export interface AzureSettings extends AzurePlace {
  /** Resource groups that the stack finds. */
  readonly resourceGroups: readonly string[];
  /** Ids of resources that others made, such as a network of the hub. */
  readonly existing?: readonly string[];
  /** Resources that others made and the program reads, such as a workspace. */
  readonly found?: readonly CreatedResource[];
}

/** What a rule can read and change: the AzureStore. */
export interface StoredResources {
  readonly settings: AzureSettings;
  read(id: string): CreatedResource | undefined;
  /** All resources, or those of one type. */
  list(token?: string): CreatedResource[];
  /** Writes an endpoint's split, as a PUT of the endpoint does. @throws Refusal when a rule is broken */
  setSplit(endpointId: string, split: Split): void;
  /** Writes what else of an endpoint can change; a key that is left out stays as it is. @throws Refusal */
  updateEndpoint(endpointId: string, update: EndpointUpdate): void;
}

/** Rules of one type beyond names and parents. */
export interface TypeRules {
  readonly put?: (inputs: Inputs, id: string, store: StoredResources) => void;
  readonly delete?: (resource: CreatedResource, store: StoredResources) => void;
}
