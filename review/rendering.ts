import { z } from "zod";
import { valueAt } from "../graph/paths";
import { generatedGuid } from "../emulator/azure/outputs";
import { isComponent, typeWithoutVersion } from "../policy/resources";
import type { DeclaredGraph, Resource } from "./model";

/** What `npm run render` writes into resources.json, as far as a review needs it, and what the program said meanwhile. */
export const renderingSchema = z.object({
  resources: z.array(
    z.object({
      urn: z.string(),
      type: z.string(),
      name: z.string(),
      id: z.string(),
      protect: z.boolean(),
      ignoreChanges: z.array(z.string()),
      inputs: z.record(z.string(), z.unknown()),
    }),
  ),
  outputs: z.record(z.string(), z.unknown()),
  warnings: z.array(z.string()),
});

export type Rendering = z.output<typeof renderingSchema>;

/** A rendering from the text of a resources.json. @throws Error when it is none */
export function renderingOf(text: string, warnings: readonly string[]): Rendering {
  const content = JSON.parse(text) as object;
  return renderingSchema.parse({ ...content, warnings });
}

/** The graph in a rendering. */
export function renderedGraph({ resources, outputs, warnings }: Rendering): DeclaredGraph {
  const all = resources
    .filter(({ type }) => !isComponent(type))
    .map((one): Resource => ({ ...one, type: typeWithoutVersion(one.type), sources: {} }));
  return { resources: all, outputs, principals: emulatedPrincipals(all), warnings };
}

/** The emulator gives each identity the object id that role assignments then name. */
export function emulatedPrincipals(resources: readonly Resource[]): Record<string, string> {
  return Object.fromEntries(
    resources
      .filter(isIdentity)
      .map(({ id, urn }) => [generatedGuid(id ?? "", "principalId"), urn] as const),
  );
}

/** Whether a resource can be given roles: an identity by itself, or something that has one of its own. */
function isIdentity({ type, inputs }: Resource): boolean {
  const own = valueAt(inputs, "identity.type");
  return (
    type.endsWith(":UserAssignedIdentity") ||
    (typeof own === "string" && own.startsWith("SystemAssigned"))
  );
}
