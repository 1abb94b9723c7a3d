import { describe, expect, it } from "@jest/globals";
import { isJunk } from "../../../config/azureml/assetFiles";

describe("what tools leave beside code", () => {
  it.each([
    "/work/code/__pycache__",
    "/work/code/__pycache__/score.cpython-311.pyc",
    "/work/code/score.pyc",
    "/work/code/score.egg-info/PKG-INFO",
    "/work/.git/index",
    "/work/code/.DS_Store",
    "/work/code/Thumbs.db",
    "/work/code/.ipynb_checkpoints/a.ipynb",
    "/work/code/.hypothesis/examples/1",
    "/work/code/.mypy_cache/3.11/score.json",
    "/work/code/.pytest_cache/README.md",
    "/work/code/.ruff_cache/1",
    "/work/code/.venv/bin/python",
  ])("is part of no asset: %s", (place) => {
    expect(isJunk(place)).toBe(true);
  });

  it.each(["/", "/work/code", "/work/code/score.py", "/work/code/.gitignore", "/work/code/git/a"])(
    "is not: %s",
    (place) => {
      expect(isJunk(place)).toBe(false);
    },
  );
});
