import { comparedStack, type Evaluated } from "../../review/compare";
import { plainText, type Section } from "../../review/document";
import type { DeclaredGraph, Resource, StackReview } from "../../review/model";
import { emulatedPrincipals } from "../../review/rendering";

/** Small graphs, for tests that are about one thing. */

export const SCOPE = "/subscriptions/s/resourceGroups/rg/providers/";

const TYPE_PATHS: Readonly<Record<string, string>> = {
  StorageAccount: "Microsoft.Storage/storageAccounts",
  Vault: "Microsoft.KeyVault/vaults",
  UserAssignedIdentity: "Microsoft.ManagedIdentity/userAssignedIdentities",
};

/** @param type without `azure-native:`, unless it is another provider's */
export function resource(
  type: string,
  name: string,
  inputs: Readonly<Record<string, unknown>> = {},
  more: Partial<Resource> = {},
): Resource {
  const kind = type.split(":").at(-1) ?? type;
  const path = TYPE_PATHS[kind] ?? `Microsoft.Some/${kind}`;
  const full = /^(kubernetes|pulumi|docker)/.test(type) ? type : `azure-native:${type}`;
  return {
    type: full,
    name,
    urn: `urn:pulumi:test::mlscore::${full}::${name}`,
    id: `${SCOPE}${path}/${name}`,
    inputs,
    protect: false,
    ignoreChanges: [],
    sources: {},
    ...more,
  };
}

export function graph(
  resources: readonly Resource[],
  more: Partial<DeclaredGraph> = {},
): Evaluated {
  const principals = emulatedPrincipals(resources);
  return {
    kind: "graph",
    graph: { resources, outputs: {}, principals, warnings: [], ...more },
    settings: {},
  };
}

/** Without rules: these tests are about what the review itself sees. */
export function compared(before: Evaluated, after: Evaluated): StackReview {
  return comparedStack("test", before, after, () => []);
}

export function change(before: readonly Resource[], after: readonly Resource[]): StackReview {
  return compared(graph(before), graph(after));
}

/** Headlines as `blocking: …`, without markup. */
export function told({ headlines }: Section): string[] {
  return headlines.map(({ weight, text }) => `${weight}: ${plainText(text)}`);
}
