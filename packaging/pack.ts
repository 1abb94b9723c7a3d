import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import ts from "typescript";
import { PROJECT_DIRECTORY } from "../projectDirectory";
import { packageManifest, type ProjectManifest } from "./packageManifest";

const manifest = JSON.parse(
  readFileSync(join(PROJECT_DIRECTORY, "package.json"), "utf8"),
) as ProjectManifest;

/** What lies beside the compiled modules. */
const DOCUMENTS = ["CHANGELOG.md", "LICENSE"];

/** Name of the file that `npm pack` writes. */
export const TARBALL = `${manifest.name}-${manifest.version}.tgz`;

/**
 * Compiles what other programs import, with its declarations, and packs it.
 *
 * In a folder of its own: npm would run no `prepack` here (.npmrc forbids scripts), and would pack what an older build left.
 *
 * @param folder exists; gets the packed file
 */
export function pack(folder: string): void {
  const stage = mkdtempSync(join(tmpdir(), "mlscore-package-"));
  try {
    run(process.execPath, [
      join(dirname(require.resolve("typescript/package.json")), "bin", "tsc"),
      ...["-p", join(PROJECT_DIRECTORY, "tsconfig.package.json")],
      ...["--outDir", join(stage, "dist")],
    ]);
    for (const file of DOCUMENTS) cpSync(join(PROJECT_DIRECTORY, file), join(stage, file));
    // What is documented for importers stands first on the page of a package.
    cpSync(join(PROJECT_DIRECTORY, "docs/package.md"), join(stage, "README.md"));
    const packed = packageManifest(manifest, importedModules(join(stage, "dist")));
    writeFileSync(join(stage, "package.json"), `${JSON.stringify(packed, undefined, 2)}\n`);
    run("npm", ["pack", stage, "--ignore-scripts", "--pack-destination", folder]);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** Modules of packages that compiled modules and their declarations import, each once. */
function importedModules(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const imported = files
    .filter((file) => /\.(js|d\.ts)$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), "utf8");
      return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
    })
    .filter((name) => !/^(\.|node:)/.test(name) && !builtinModules.includes(name));
  return [...new Set(imported)];
}

function run(command: string, args: readonly string[]): void {
  const done = spawnSync(command, args, { cwd: PROJECT_DIRECTORY, encoding: "utf8" });
  if (done.status === 0) return;
  throw new Error(`${command} ${args.join(" ")}\n${done.stdout}${done.stderr}`);
}
