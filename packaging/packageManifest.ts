/** What of the project's own package.json goes into the packed one. */
export interface ProjectManifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly exports: unknown;
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * Packages that the importing program uses too. It must be one copy of each: a resource is an instance of the copy's own class,
 * and a provider's version is that of the copy.
 */
const SHARED = ["@pulumi/azure-native", "@pulumi/pulumi"];

/**
 * The package.json of the package: what importers need and nothing of the commands and tests.
 *
 * @param modules what the compiled modules import, such as `zod` or `@pulumi/pulumi/errors`
 * @throws Error for a module of a package that the project does not depend on
 */
export function packageManifest(
  project: ProjectManifest,
  modules: readonly string[],
): Record<string, unknown> {
  const { name, version, description, license, engines, exports } = project;
  const used = [...new Set(modules.map(packageOf))].sort();
  const versionOf = (one: string) => {
    const found = project.dependencies[one];
    if (found === undefined) throw new Error(`${one} is imported and no dependency of ${name}`);
    return found;
  };
  const versions = (chosen: readonly string[], prefix = "") =>
    Object.fromEntries(chosen.map((one) => [one, `${prefix}${versionOf(one)}`]));
  return {
    name,
    version,
    description,
    license,
    // As the project's own: nobody has decided to publish it.
    private: true,
    engines,
    exports,
    dependencies: versions(used.filter((one) => !SHARED.includes(one))),
    peerDependencies: versions(
      used.filter((one) => SHARED.includes(one)),
      "^",
    ),
  };
}

/** `@scope/name/sub` is a module of `@scope/name`. */
function packageOf(module: string): string {
  return module
    .split("/")
    .slice(0, module.startsWith("@") ? 2 : 1)
    .join("/");
}
