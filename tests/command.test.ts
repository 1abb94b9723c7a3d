import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { assertEmpty } from "../command";

const folder = mkdtempSync(join(tmpdir(), "command-"));
mkdirSync(join(folder, "empty"));
mkdirSync(join(folder, "full"));
writeFileSync(join(folder, "full", "file"), "");
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("a folder to write to", () => {
  it.each(["empty", "missing"])("may be %s", (name) => {
    expect(() => {
      assertEmpty(join(folder, name));
    }).not.toThrow();
  });

  it.each([
    ["without a name", " ", "--out is empty; name a folder."],
    ["with something in it", join(folder, "full"), "full is not empty (file); name a folder"],
    ["that is a file", join(folder, "full", "file"), "file is a file; name a folder"],
  ])("is refused: one %s", (_, path, message) => {
    expect(() => {
      assertEmpty(path);
    }).toThrow(message);
  });
});
