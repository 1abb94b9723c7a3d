import { resourceKey } from "./changes";
import type { DeclaredResource } from "./program";
import type { EmulatorRun } from "../emulator/onEmulator";
import type { MadeResource } from "../emulator/resourceStore";

/** A resource with what the emulator answered for it. */
export interface GraphResource {
  readonly declared: DeclaredResource;
  readonly made: MadeResource;
}

/** What the program declares without its components, in the order of the URNs. */
export function graphOf({ resources, made }: EmulatorRun): GraphResource[] {
  return resources
    .flatMap((declared) => {
      const resource = made.get(resourceKey(declared));
      return resource === undefined ? [] : [{ declared, made: resource }];
    })
    .sort((a, b) => a.declared.urn.localeCompare(b.declared.urn));
}
