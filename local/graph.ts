import type { AzureResource } from "./azure/world";
import { resourceKey } from "./changes";
import type { DeclaredResource } from "./program";
import type { StandInRun } from "./standIn";

/** A resource with what the stand-in answered for it. */
export interface GraphResource {
  readonly declared: DeclaredResource;
  readonly made: AzureResource;
}

/** The resources of Azure among all that the program declares, in the order of their URNs. */
export function graphOf({ resources, made }: StandInRun): GraphResource[] {
  return resources
    .flatMap((declared) => {
      const resource = made.get(resourceKey(declared));
      return resource === undefined ? [] : [{ declared, made: resource }];
    })
    .sort((a, b) => a.declared.urn.localeCompare(b.declared.urn));
}
