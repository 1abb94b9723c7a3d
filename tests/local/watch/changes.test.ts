import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { watchChanges, type Changes } from "../../../local/watch/changes";

/** Real files and real events: what is waited for is always a change, never a time. */

describe("changes of files", () => {
  let root: string;
  let changes: Changes;
  const errors: Error[] = [];
  const never = new AbortController().signal;
  beforeEach(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "changes-")));
    mkdirSync(join(root, "code"));
    writeFileSync(join(root, "code", "score.py"), "1");
    changes = watchChanges((error) => errors.push(error));
    await changes.follow([join(root, "code"), join(root, "conda.yml")]);
  });
  afterEach(async () => {
    await changes.close();
    rmSync(root, { recursive: true });
    expect(errors).toEqual([]);
  });
  const next = async () =>
    (await changes.next(never)).map((path) => path.slice(root.length + 1)).sort();
  /** All that is told of until the last one is; on a busy machine the system may tell of it in parts. */
  const nextUntil = async (...last: string[]) => {
    const seen = new Set<string>();
    while (!last.every((one) => seen.has(one))) for (const path of await next()) seen.add(path);
    return [...seen].sort();
  };

  it("are told of, saved in place or as a whole", async () => {
    writeFileSync(join(root, "code", "score.py"), "2");
    writeFileSync(join(root, "code", "new.py"), "2");
    writeFileSync(join(root, "conda.yml~"), "");
    writeFileSync(join(root, "conda.yml.tmp"), "name: x");
    renameSync(join(root, "conda.yml.tmp"), join(root, "conda.yml"));
    const all = ["code/new.py", "code/score.py", "conda.yml"];
    expect(await nextUntil(...all)).toEqual(all);
  });

  it("leave out what tools write, and files beside those that are followed", async () => {
    mkdirSync(join(root, "code", "__pycache__"));
    writeFileSync(join(root, "code", "__pycache__", "score.pyc"), "");
    writeFileSync(join(root, "code", ".score.py.swp"), "");
    writeFileSync(join(root, "elsewhere.txt"), "");
    // The last one, so that the ones before it have been told of.
    writeFileSync(join(root, "code", "last.py"), "");
    expect(await nextUntil("code/last.py")).toEqual(["code/last.py"]);
  });

  it("are followed in a folder that was replaced, and in one that is named later", async () => {
    rmSync(join(root, "code"), { recursive: true });
    mkdirSync(join(root, "code"));
    writeFileSync(join(root, "code", "score.py"), "3");
    await nextUntil("code/score.py");
    mkdirSync(join(root, "model"));
    await changes.follow([join(root, "code"), join(root, "model")]);
    writeFileSync(join(root, "code", "score.py"), "4");
    writeFileSync(join(root, "model", "weights"), "4");
    expect(await nextUntil("code/score.py", "model/weights")).toEqual([
      "code/score.py",
      "model/weights",
    ]);
  });

  it("are followed in a followed folder itself that was replaced", async () => {
    await changes.follow([join(root, "code")]);
    rmSync(join(root, "code"), { recursive: true });
    await nextUntil("code");
    mkdirSync(join(root, "code"));
    await changes.follow([join(root, "code")]);
    writeFileSync(join(root, "code", "score.py"), "5");
    await nextUntil("code/score.py");
  });

  it("end with the signal", async () => {
    const ended = new AbortController();
    const waiting = changes.next(ended.signal);
    const pending = changes.pending(ended.signal);
    ended.abort();
    expect(await waiting).toEqual([]);
    await pending;
  });
});
