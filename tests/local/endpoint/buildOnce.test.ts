/** A folder that is built once and never changes under its users, with processes that are killed. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { buildOnce, isBuilt, useBuilt } from "../../../local/endpoint/buildOnce";
import { until } from "./support/router";

let folder: string;
let directory: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "build-"));
  directory = join(folder, "content");
});
afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
  fs.rmSync(folder, { recursive: true, force: true });
});

/** A build that says which one it is. */
const containing = (text: string) => (target: string) => {
  fs.mkdirSync(target);
  fs.writeFileSync(join(target, "text"), text);
  return Promise.resolve();
};
/** Whether a build contains this text. */
const says = (text: string) => (build: string) =>
  fs.readFileSync(join(build, "text"), "utf8") === text;
const make = (text: string) => buildOnce(directory, containing(text), { isUsable: says(text) });
/** Everything beside the link: builds, users, locks. */
const beside = () => fs.readdirSync(folder).filter((name) => !["content", "log"].includes(name));

interface Builder {
  readonly child: ChildProcess;
  readonly printed: () => string[];
}

function startBuilder(): Builder {
  const script = join(__dirname, "support", "builder.ts");
  const args = ["--import", "tsx", script, directory, join(folder, "log")];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (more: string) => (text += more));
  return { child, printed: () => text.split("\n").slice(0, -1) };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

describe("a build that is used", () => {
  it("stays as it is when there is a new one, until it is released", async () => {
    const old = await make("old");
    const alsoOld = useBuilt(directory)!;
    const next = await make("next");
    expect(says("old")(old.directory)).toBe(true);
    expect(says("next")(directory)).toBe(true);
    expect(next.directory).not.toBe(old.directory);
    await old.release();
    expect(says("old")(alsoOld.directory)).toBe(true);
    await alsoOld.release();
    expect(fs.existsSync(old.directory)).toBe(false);
    await next.release();
    expect(beside()).toEqual([basename(next.directory)]);
  });

  it("by another process stays until that has ended, however it ends", async () => {
    const { child, printed } = startBuilder();
    child.stdin!.write("go on\n");
    await until(() => printed().length === 2);
    const [, used = ""] = printed();
    fs.rmSync(directory);
    await make("next");
    expect(isBuilt(used)).toBe(true);
    await kill(child);
    // Any build clears up.
    const other = join(folder, "other");
    await (await buildOnce(other, containing("other"))).release();
    expect(fs.existsSync(used)).toBe(false);
  });

  it("on another machine, whose processes cannot be seen, stays", async () => {
    const old = await make("old");
    fs.writeFileSync(`${old.directory}.user-1-00000000-00000000`, "");
    await old.release();
    await make("next");
    expect(says("old")(old.directory)).toBe(true);
  });
});

describe("a build that fails", () => {
  it("leaves nothing, and the one before stays", async () => {
    const old = await make("old");
    const failing = async (target: string) => {
      await containing("half")(target);
      throw new Error("no space");
    };
    const attempt = buildOnce(directory, failing, { isUsable: says("next") });
    await expect(attempt).rejects.toThrow("no space");
    await old.release();
    expect(says("old")(directory)).toBe(true);
    expect(beside()).toEqual([basename(old.directory)]);
  });

  it("because its process was killed is nobody's, and is removed by the next", async () => {
    const { child, printed } = startBuilder();
    await until(() => printed().includes("building"));
    const [left = ""] = beside().filter((name) => !name.endsWith(".lock"));
    expect(fs.readdirSync(join(folder, left))).toEqual(["begun"]);
    await kill(child);
    expect(useBuilt(directory)).toBeUndefined();
    const built = await make("whole");
    await built.release();
    expect(fs.readdirSync(built.directory).sort()).toEqual(["ready", "text"]);
    expect(beside()).toEqual([basename(built.directory)]);
  });

  it("that is still under way is not mistaken for one that was left", async () => {
    const { child, printed } = startBuilder();
    await until(() => printed().includes("building"));
    const other = join(folder, "other");
    await (await buildOnce(other, containing("other"))).release();
    expect(beside().filter((name) => name.startsWith("content-"))).toHaveLength(1);
    child.stdin!.write("go on\n");
    await until(() => printed().length === 2);
    expect(isBuilt(directory)).toBe(true);
  });
});

describe("two builders at once", () => {
  it("make one build and both use it", async () => {
    const builders = [startBuilder(), startBuilder()];
    await until(() => builders.every(({ printed }) => printed().length === 1));
    expect(builders.flatMap(({ printed }) => printed()).sort()).toEqual(["building", "waiting"]);
    for (const { child } of builders) child.stdin!.write("go on\n");
    await until(() => builders.every(({ printed }) => printed().length === 2));
    const used = new Set(builders.map(({ printed }) => printed()[1]));
    expect(used.size).toBe(1);
    expect(fs.readFileSync(join(folder, "log"), "utf8")).toBe("build\n");
  });
});

it("is judged in its own folder, and not again and again, when only the link passes", async () => {
  await (await make("old")).release();
  expect(useBuilt(directory, { isUsable: (build) => build === directory })).toBeUndefined();
});

describe("a folder that an older version built in the place of the link", () => {
  it("is used as it is, and makes room for a new one when it is of no use", async () => {
    await containing("old")(directory);
    fs.writeFileSync(join(directory, "ready"), "");
    expect((await make("old")).directory).toBe(directory);
    const next = await make("next");
    expect(says("next")(directory)).toBe(true);
    await next.release();
    expect(next.directory).not.toBe(directory);
  });
});
