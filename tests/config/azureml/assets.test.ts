import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { filesBelow } from "../../../config/azureml/assetFiles";
import { contentHash } from "../../../config/azureml/contentHash";
import { folderWith } from "./harness";

async function namesBelow(folder: string): Promise<string[]> {
  return (await filesBelow(folder)).files.map((file) => file.path);
}

async function hashOf(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  return contentHash((await filesBelow(folderWith(files))).files);
}

describe("the files of an asset", () => {
  it("leave out what tools put there", async () => {
    const folder = folderWith({
      "score.py": "",
      "lib/__init__.py": "",
      "lib/__pycache__/x.cpython-312.pyc": "",
      "old.pyc": "",
      ".git/config": "",
      ".DS_Store": "",
      "lib/.mypy_cache/x.json": "",
      "lib/.ruff_cache/x": "",
      ".venv/bin/python": "",
      ".ipynb_checkpoints/a.ipynb": "",
      ".env.example": "",
    });
    expect(await namesBelow(folder)).toEqual([".env.example", "lib/__init__.py", "score.py"]);
  });

  it("leave out what .amlignore names, and then .gitignore does not count", async () => {
    const files = { "a.csv": "", "b.csv": "", "c.py": "", "sub/a.csv": "" };
    const git = { ".gitignore": "b.csv\n" };
    expect(await namesBelow(folderWith({ ...files, ...git }))).toEqual([
      "a.csv",
      "c.py",
      "sub/a.csv",
    ]);
    expect(await namesBelow(folderWith({ ...files, ...git, ".amlignore": "a.csv\n" }))).toEqual([
      "b.csv",
      "c.py",
    ]);
    expect(await namesBelow(folderWith({ ...files, ".amlignore": "*.csv\n!b.csv\n" }))).toEqual([
      "b.csv",
      "c.py",
    ]);
  });

  it("never include junk, not even when an ignore file wants it back", async () => {
    const folder = folderWith({ "a.py": "", "a.pyc": "", ".amlignore": "!*.pyc\n!.amlignore\n" });
    expect(await namesBelow(folder)).toEqual(["a.py"]);
  });

  it("come from symbolic links that stay inside, and only from those", async () => {
    const folder = folderWith({ "code/a.py": "a", "secret.txt": "s" });
    const code = path.join(folder, "code");
    symlinkSync("a.py", path.join(code, "b.py"));
    expect((await filesBelow(code)).files).toEqual([
      { path: "a.py", source: path.join(code, "a.py") },
      { path: "b.py", source: path.join(code, "a.py") },
    ]);
    symlinkSync("../secret.txt", path.join(code, "out"));
    symlinkSync("nowhere", path.join(code, "void"));
    symlinkSync(".", path.join(code, "self"));
    expect((await filesBelow(code)).problems).toEqual([
      '"out" is a symbolic link that leaves the folder; copy what it points at into the folder',
      '"self" is a symbolic link to a folder around it; remove it',
      '"void" is a symbolic link to something that does not exist',
    ]);
  });

  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.stderr.write("SKIPPED: root may read every file; run it as another user\n");
  (isRoot ? it.skip : it)("that may not be read are named", async () => {
    const folder = folderWith({ "a.py": "a" });
    chmodSync(path.join(folder, "a.py"), 0);
    expect((await filesBelow(folder)).problems).toEqual([
      '"a.py" cannot be read; check its permissions',
    ]);
  });
});

describe("the content hash", () => {
  const oneFile = fc.tuple(
    fc.stringMatching(/^[a-z]{1,6}(\/[a-z]{1,6})?\.x$/),
    fc.uint8Array({ maxLength: 40 }),
  );

  it("is the same for the same names and bytes, wherever and in whatever order they were written", async () => {
    const first = await hashOf({ "a.py": "1", "b/c.py": "2" });
    const second = await hashOf({ "b/c.py": "2", "a.py": "1" });
    // Made with sha256sum, from the description of the hash.
    expect(first).toBe("34e08732e2cddf8c69c99f60eaeaa6478a6608fd0e3ffcfc7d98318d347e28c6");
    expect(second).toBe(first);
  });

  it("does not depend on times, permissions or junk", async () => {
    const folder = folderWith({ "a.py": "1" });
    const before = await contentHash((await filesBelow(folder)).files);
    chmodSync(path.join(folder, "a.py"), 0o700);
    mkdirSync(path.join(folder, "__pycache__"));
    writeFileSync(path.join(folder, "__pycache__", "a.pyc"), "x");
    expect(await contentHash((await filesBelow(folder)).files)).toBe(before);
  });

  it("changes with any byte and any name", async () => {
    await fc.assert(
      fc.asyncProperty(
        oneFile,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (file, at, by) => {
          const [name, bytes] = file;
          const before = await hashOf({ [name]: Buffer.from(bytes) });
          const other = Uint8Array.from([...bytes, 0]);
          other[at % other.length] = ((other[at % other.length] ?? 0) + by) % 256;
          expect(await hashOf({ [name]: Buffer.from(other) })).not.toBe(before);
          expect(await hashOf({ [`${name}y`]: Buffer.from(bytes) })).not.toBe(before);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("does not take what is in one file for what is in two", async () => {
    const hashes = await Promise.all([
      hashOf({ a: "bc" }),
      hashOf({ a: "b", c: "" }),
      hashOf({ ab: "c" }),
      hashOf({ a: "", b: "c" }),
      hashOf({ "a/b": "c" }),
    ]);
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
