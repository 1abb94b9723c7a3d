import { chmod, cp, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { whileWriting } from "../errors";
import { filesBelow } from "../config/azureml/assetFiles";
import { textAt, valueAt } from "../graph/paths";
import type { AssetFile } from "../config/types";
import type { CreatedResource } from "../graph/graph";

const UPLOAD = "pulumi-nodejs:dynamic/mlscore:AssetUpload";

/**
 * Copies what was uploaded below a folder of the emulator's storage, once: a copy that is there is complete, since it
 * only gets its name when it is. Instances run this private copy, so editing a script does not change what is already
 * deployed.
 *
 * @param below folder in the copy that the files are put in, where their place has a meaning
 * @returns the copy's folder with the files; without a file when nothing was uploaded there
 */
export async function download(
  resources: Iterable<CreatedResource>,
  folder: string,
  assetDirectory: string,
  below = "",
): Promise<string> {
  return copyOnce(uploadedFiles(resources, folder), folder, assetDirectory, below);
}

/** The same for files that are known. @param folder names their content */
export async function copyOnce(
  files: readonly AssetFile[],
  folder: string,
  assetDirectory: string,
  below = "",
): Promise<string> {
  const target = copyOf(folder, assetDirectory) + (below === "" ? "" : "-mounted");
  if (await exists(target)) return join(target, below);
  const next = `${target}.${process.pid}.next`;
  await rm(next, { recursive: true, force: true });
  await mkdir(next, { recursive: true, mode: 0o700 });
  for (const { path, source } of files) {
    const copy = join(next, below, path);
    await whileWriting(copy, async () => {
      await mkdir(dirname(copy), { recursive: true, mode: 0o700 });
      await cp(source, copy);
      await chmod(copy, (await stat(copy)).mode & 0o700);
    });
  }
  await rename(next, target);
  return join(target, below);
}

/** What would be uploaded of a folder, with paths below it; in words why that is nothing. */
export async function folderFiles(path: string): Promise<readonly AssetFile[] | string> {
  const { files, problems } = await filesBelow(path);
  if (problems.length > 0) return `has ${problems.join("; ")}`;
  return files.length === 0 ? "has no file" : files;
}

/** The user's file by its copy, for every file that was uploaded. */
export function sourcesOf(
  resources: Iterable<CreatedResource>,
  assetDirectory: string,
): ReadonlyMap<string, string> {
  return new Map(
    [...resources]
      .filter(({ token }) => token === UPLOAD)
      .flatMap(({ inputs }) => {
        const copy = copyOf(textAt(inputs, "folder"), assetDirectory);
        const files = (valueAt(inputs, "files") ?? []) as AssetFile[];
        return files.map(({ path, source }) => [join(copy, path), resolve(source)] as const);
      }),
  );
}

function copyOf(folder: string, assetDirectory: string): string {
  return join(assetDirectory, folder.replaceAll("/", "-"));
}

/** Removes the copies that nothing runs any more. */
export async function prune(assetDirectory: string, kept: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(assetDirectory)) {
    const copy = join(assetDirectory, name);
    const isKept = [...kept].some((one) => one === copy || one.startsWith(`${copy}${sep}`));
    if (!isKept) await rm(copy, { recursive: true, force: true });
  }
}

export function uploadedFiles(
  resources: Iterable<CreatedResource>,
  folder: string,
): readonly AssetFile[] {
  const upload = [...resources].find(
    ({ token, inputs }) => token === UPLOAD && textAt(inputs, "folder") === folder,
  );
  return (valueAt(upload?.inputs, "files") ?? []) as AssetFile[];
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
