import { resourceKey } from "./changes";
import type { DeclaredResource } from "./program";
import type { EmulatorRun } from "../emulator/onEmulator";
import type { CreatedResource } from "../emulator/resourceStore";

/** A resource with what the emulator answered for it. */
export interface GraphResource {
  readonly declared: DeclaredResource;
  readonly created: CreatedResource;
}

/** What the program declares without its components, in the order of the URNs. */
export function graphOf({ resources, created }: EmulatorRun): GraphResource[] {
  return resources
    .flatMap((declared) => {
      const resource = created.get(resourceKey(declared));
      return resource === undefined ? [] : [{ declared, created: resource }];
    })
    .sort((a, b) => a.declared.urn.localeCompare(b.declared.urn));
}
