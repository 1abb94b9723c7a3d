import type { GraphResource } from "../graph/graph";
import { masked, plainInputs } from "../graph/plainInputs";
import type { PolicyResource } from "./rule";

/** The resources of an evaluated graph as rules see them. */
export function policyResources(graph: readonly GraphResource[]): PolicyResource[] {
  return graph.map(({ declared, created }) => ({
    type: typeWithoutVersion(declared.type),
    name: declared.name,
    urn: declared.urn,
    id: created.id,
    inputs: plainInputs(declared.inputs, masked),
    protect: declared.protect,
    ignoreChanges: declared.ignoreChanges,
    sources: {},
  }));
}

/**
 * An Azure resource has one type for each API version: `azure-native:storage/v20240101:StorageAccount`,
 * or, from a package generated for it, `azure-native_storage_v20240101:storage:StorageAccount`.
 */
export function typeWithoutVersion(type: string): string {
  return type.replace(
    /^azure-native(?:_[a-z0-9]+_v\d+[a-z]*)?:([a-z0-9]+)(?:\/v\d+[a-z]*)?:/i,
    "azure-native:$1:",
  );
}

/** Components and the stack itself only group resources, so rules do not check them. */
export function isComponent(type: string): boolean {
  return type.startsWith("mlscore:") || type === "pulumi:pulumi:Stack";
}
