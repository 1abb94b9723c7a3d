import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { concerns, watchedFolders } from "../../../local/watch/watchedFolders";

describe("the folders that are watched", () => {
  let root: string;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "folders-")));
    for (const folder of ["endpoint/code", "models/one", "models/two", "other/deep"]) {
      mkdirSync(join(root, folder), { recursive: true });
    }
    writeFileSync(join(root, "conda.yml"), "");
    writeFileSync(join(root, "models", "one", "weights"), "");
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });
  const found = (...paths: string[]) =>
    watchedFolders(paths.map((path) => join(root, path))).map(({ path, ignored }) => ({
      path: path.slice(root.length),
      ignored: ignored.map((one) => one.slice(root.length)).sort(),
    }));

  it("are folders themselves, and the folder around a file without its other folders", () => {
    expect(found("endpoint", "endpoint/code")).toEqual([{ path: "/endpoint", ignored: [] }]);
    expect(found("conda.yml")).toEqual([{ path: "", ignored: ["/endpoint", "/models", "/other"] }]);
    expect(found("conda.yml", "models/one/weights")).toEqual([
      { path: "", ignored: ["/endpoint", "/models/two", "/other"] },
    ]);
  });

  it("are the nearest that is there for what is missing, and the real one behind a link", () => {
    expect(found("models/three/weights")).toEqual([
      { path: "/models", ignored: ["/models/one", "/models/two"] },
    ]);
    symlinkSync(join(root, "models", "one"), join(root, "link"));
    expect(found("link")).toEqual([{ path: "/models/one", ignored: [] }]);
  });

  it("show changes of the paths alone, of what is in them and around them", () => {
    const paths = ["/a/endpoint", "/a/conda.yml"];
    const changed = ["/a/endpoint", "/a/endpoint/x/y", "/a/conda.yml", "/a", "/a/endpoints", "/b"];
    expect(changed.filter((path) => concerns(path, paths))).toEqual(changed.slice(0, 4));
  });
});
