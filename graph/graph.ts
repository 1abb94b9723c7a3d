import { resourceKey } from "./changes";
import type { Inputs } from "./paths";
import type { DeclaredResource } from "./program";

/** A resource that exists: in the emulator, or as an earlier run left it. */
export interface CreatedResource {
  readonly token: string;
  readonly id: string;
  readonly inputs: Inputs;
  readonly outputs: Record<string, unknown>;
}

/** A resource as the emulator keeps it between runs. */
export interface StoredResource {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  /** Secrets as fingerprints. */
  readonly inputs: Inputs;
}

/** A resource with what the emulator answered for it. */
export interface GraphResource {
  readonly declared: DeclaredResource;
  readonly created: CreatedResource;
}

/** What the program declares without its components, in the order of the URNs. */
export function graphOf({
  resources,
  created,
}: {
  readonly resources: readonly DeclaredResource[];
  /** By `resourceKey`. */
  readonly created: ReadonlyMap<string, CreatedResource>;
}): GraphResource[] {
  return resources
    .flatMap((declared) => {
      const resource = created.get(resourceKey(declared));
      return resource === undefined ? [] : [{ declared, created: resource }];
    })
    .sort((a, b) => a.declared.urn.localeCompare(b.declared.urn));
}
