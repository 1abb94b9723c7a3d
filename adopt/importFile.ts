import { version as azureNativeVersion } from "@pulumi/azure-native/package.json";
import type { DeclaredResource } from "../graph/program";

/** A resource that exists, with the declaration that it is to belong to. */
export interface Imported {
  readonly declared: DeclaredResource;
  readonly id: string;
}

/** An entry of `pulumi import --file` (Pulumi docs, "Bulk import operations"; automation.ImportResource). */
interface ImportEntry {
  readonly type: string;
  /** Names the entry within the file. */
  readonly name: string;
  /** Name of the resource in the program, where that is another one. */
  readonly logicalName?: string;
  readonly parent?: string;
  readonly component?: true;
  readonly id?: string;
  readonly version?: string;
  /** Inputs that are taken over: those that the program declares. Others, such as `kind`, would show as removed. */
  readonly properties?: readonly string[];
}

/**
 * The file that `pulumi import` takes: the components that the resources lie in, then the resources, all with the types, names and
 * parents of the program. The provider is azure-native's default one, of the version that the program uses.
 *
 * @param resources everything that the program declares
 */
export function importFile(
  imported: readonly Imported[],
  resources: readonly DeclaredResource[],
): string {
  const byUrn = new Map(resources.map((one) => [one.urn, one]));
  const components = new Map<string, DeclaredResource>();
  for (const { declared } of imported) {
    for (let urn = declared.parent; urn !== undefined; urn = byUrn.get(urn)?.parent) {
      const parent = byUrn.get(urn);
      if (parent !== undefined && !isStack(parent)) components.set(urn, parent);
    }
  }
  const parentOf = ({ parent = "" }: DeclaredResource) => {
    const component = components.get(parent);
    return component === undefined ? {} : { parent: entryName(component) };
  };
  const entries: ImportEntry[] = [
    // The outermost first.
    ...[...components.values()].reverse().map((one) => ({
      type: one.type,
      name: entryName(one),
      logicalName: one.name,
      component: true as const,
      ...parentOf(one),
    })),
    ...imported.map(({ declared, id }) => ({
      type: declared.type,
      name: declared.name,
      id,
      ...parentOf(declared),
      version: azureNativeVersion,
      properties: Object.keys(declared.inputs).sort(),
    })),
  ];
  return `${JSON.stringify({ resources: entries }, null, 2)}\n`;
}

/** A component may have the name of a resource in it. */
function entryName({ name }: DeclaredResource): string {
  return `${name}-component`;
}

export function isStack({ type }: DeclaredResource): boolean {
  return type === "pulumi:pulumi:Stack";
}
