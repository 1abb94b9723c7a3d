import type { AssumptionId } from "../../assumptions";

/** A resource type as Azure's resource manager knows it: its place, its name, and what cannot change. */
export interface AzureType {
  /** Resource type of ARM; the path of ids follows from it. */
  readonly armType: string;
  /** API version of ARM (azure-native 3.28's default); missing for what is not a resource of ARM. */
  readonly apiVersion?: string;
  /**
   * The names along the id's path, outermost first: an input property, or a fixed name written as `=name`. Their
   * number is the number of the type's segments after the name space.
   */
  readonly names: readonly string[];
  /**
   * How many of the names make the id of what has to exist before; all but the last unless said. Azure makes what
   * lies between by itself (an asset for its first version, a storage account's blob service).
   */
  readonly parentNames?: number;
  /** Where the id begins: in the resource group (default), in the subscription, or at another resource's id. */
  readonly scope?: "subscription" | { readonly property: string };
  /** Rule for the last name, with the words for people (Azure's naming rules and restrictions). */
  readonly naming?: {
    readonly pattern: RegExp;
    readonly words: string;
    /** @default "arm-resource-names", Azure's table for all types */
    readonly source?: AssumptionId;
  };
  /** Where the last name is taken only once. */
  readonly unique?: "Azure" | "region";
  /** Input properties, besides the names, that Azure cannot change in place. Dotted paths. */
  readonly immutable?: readonly string[];
  /** Inputs that are no part of the resource, such as where something lies on the machine that runs the program. */
  readonly untracked?: readonly string[];
  /**
   * Whether it is a version of an asset: written with PUT by the program's own provider, so one that exists is taken as it
   * is unless its content differs, and archived where others are deleted.
   */
  readonly isAssetVersion?: boolean;
  /**
   * Inputs that ARM knows by another name or elsewhere, as dotted paths of the body. azure-native lifts what ARM
   * keeps under `properties` and renames some of it; everything not named here keeps its name.
   */
  readonly armPaths?: Readonly<Record<string, string>>;
  /** Keys of ARM by dotted path of an input below the top that azure-native calls otherwise. */
  readonly armKeys?: Readonly<Record<string, string>>;
  /**
   * Dotted paths of inputs, single objects or lists of them, of which azure-native lifted `properties` as well: in ARM
   * only their name, id and endpointType stand outside. A path within a list goes through every item of it.
   */
  readonly nested?: readonly string[];
  /**
   * Dotted paths of inputs that only say which resource is meant. azure-native adds defaults of that resource to them,
   * which would look as if this one changed it.
   */
  readonly references?: readonly string[];
  /** Dotted paths of inputs with text in base64, which a template has as readable text. */
  readonly base64?: readonly string[];
}
