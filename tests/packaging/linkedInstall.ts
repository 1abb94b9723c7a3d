import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const PACKAGES = join(__dirname, "..", "..", "node_modules");

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/**
 * What `npm install` does in a folder, without a registry: packed files that its package.json names are unpacked, and what they
 * and the folder depend on are links to this project's packages. A package that neither names is not there.
 */
export function linkedInstall(folder: string): void {
  const modules = join(folder, "node_modules");
  const { dependencies = {}, devDependencies = {} } = manifestOf(folder);
  const wanted = new Set(Object.keys(devDependencies));
  for (const [name, version] of Object.entries(dependencies)) {
    if (!version.startsWith("file:")) {
      wanted.add(name);
      continue;
    }
    unpack(resolve(folder, version.slice("file:".length)), join(modules, name));
    const packed = manifestOf(join(modules, name));
    for (const one of Object.keys({ ...packed.dependencies, ...packed.peerDependencies })) {
      wanted.add(one);
    }
  }
  for (const name of wanted) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(PACKAGES, name), join(modules, name));
  }
}

function unpack(tarball: string, target: string): void {
  mkdirSync(target, { recursive: true });
  const done = spawnSync("tar", ["-xzf", tarball, "-C", target, "--strip-components=1"]);
  if (done.status !== 0) throw new Error(`${tarball} cannot be unpacked: ${String(done.stderr)}`);
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

// As the `npm` of an engine's tests: `pulumi new` calls it in the new folder.
if (require.main === module) linkedInstall(process.cwd());
