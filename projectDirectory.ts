import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Whether this is the package that another project imports. Its modules are JavaScript (tsconfig.package.json); in the
 * project itself the same modules run as TypeScript.
 */
export const IS_PACKAGE = !__filename.endsWith(".ts");

/** Absolute folder of the project; paths in settings are relative to it. */
export const PROJECT_DIRECTORY = IS_PACKAGE ? pulumiProject(process.cwd()) : __dirname;

/** The nearest folder with a Pulumi.yaml, as the Pulumi CLI looks for it; the current folder where there is none. */
function pulumiProject(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (["Pulumi.yaml", "Pulumi.yml"].some((name) => existsSync(join(folder, name)))) return folder;
    if (folder === dirname(folder)) return from;
  }
}
