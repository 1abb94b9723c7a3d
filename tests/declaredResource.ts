import type { DeclaredResource } from "../graph/program";

/** A resource as the production stack declares it, without options. */
export function declaredResource(
  type: string,
  name: string,
  inputs: DeclaredResource["inputs"],
): DeclaredResource {
  return {
    urn: `urn:pulumi:production::mlscore::${type}::${name}`,
    type,
    name,
    custom: true,
    parent: undefined,
    dependencies: [],
    protect: false,
    ignoreChanges: [],
    secretOutputs: [],
    inputs,
  };
}
