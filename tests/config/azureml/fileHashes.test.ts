import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { assetReader } from "../../../config/azureml/assetReader";
import { readEndpointDirectory } from "../../../config/azureml";
import { fileHashes, type FileHashesOptions } from "../../../config/azureml/fileHashes";
import { DEPLOYMENT, ENDPOINT, folderWith } from "./harness";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** A clock by which all files of a test are old, unless it says otherwise. */
const LATER = () => Date.now() + 60_000;

/** Runs that share a cache file, each with the files that it read and the bytes of each. */
function runsIn(folder: string) {
  const cacheFile = path.join(folder, "cache", "file-hashes");
  return {
    cacheFile,
    options(more: FileHashesOptions = {}) {
      const reads: number[] = [];
      const readChunk = (descriptor: number, chunk: Buffer) => {
        const count = readSync(descriptor, chunk);
        if (count > 0) reads.push(count);
        return Promise.resolve(count);
      };
      return { reads, options: { cacheFile, now: LATER, readChunk, ...more } };
    },
    async hashed(files: readonly string[], more: FileHashesOptions = {}) {
      const { reads, options } = this.options(more);
      const hashes = await fileHashes(options).of(files, "files");
      return { hashes, reads };
    },
  };
}

function filesOf(content: Readonly<Record<string, string>>) {
  const folder = realpathSync(folderWith(content));
  return { folder, files: Object.keys(content).map((name) => path.join(folder, name)) };
}

describe("files of one run", () => {
  it("are each read once, however many deployments use them", async () => {
    const deployments = ["one", "two", "three", "four", "five"].map((name) => [
      `${name}.yml`,
      DEPLOYMENT.replace("name: blue", `name: ${name}`),
    ]);
    const folder = folderWith({
      "endpoint.yml": ENDPOINT.replace("blue: 100", "one: 100"),
      ...(Object.fromEntries(deployments) as Record<string, string>),
      "model/weights.bin": "weights",
      "model/more/labels.txt": "labels",
      "code/score.py": "def init(): ...",
      "conda.yml":
        "dependencies:\n- python=3.12\n- pip:\n  - azureml-inference-server-http==1.4.1\n",
    });
    // By this clock no hash can be kept, so that it is the run that shares them.
    const { reads, options } = runsIn(folder).options({ now: () => 0 });
    const { definition, problems } = await readEndpointDirectory(folder, {
      assets: assetReader(options),
    });
    expect(problems).toEqual([]);
    expect(definition?.deployments.length).toBe(5);
    expect(reads.sort()).toEqual(
      ["weights", "labels", "def init(): ..."].map((text) => text.length).sort(),
    );
  });

  it("are read once where a file is asked for twice at the same time", async () => {
    const { folder, files } = filesOf({ a: "1" });
    const { reads, options } = runsIn(folder).options();
    const hashes = fileHashes(options);
    const both = await Promise.all([hashes.of(files, "a"), hashes.of([...files, ...files], "a")]);
    expect(both).toEqual([[sha256("1")], [sha256("1"), sha256("1")]]);
    expect(reads).toEqual([1]);
  });

  it("are read in chunks, so that a model may be larger than memory", async () => {
    const text = "x".repeat(1_300_000);
    const { folder, files } = filesOf({ model: text });
    const { hashes, reads } = await runsIn(folder).hashed(files);
    expect(hashes).toEqual([sha256(text)]);
    expect(reads).toEqual([524_288, 524_288, 1_300_000 - 2 * 524_288]);
  });

  it("that cannot be read are refused", async () => {
    const { folder } = filesOf({});
    await expect(runsIn(folder).hashed([path.join(folder, "none")])).rejects.toThrow("ENOENT");
  });
});

describe("a later run", () => {
  it("reads nothing where size, times and inode are as they were", async () => {
    const { folder, files } = filesOf({ a: "1", b: "22", "c/d": "", "with\nbreak": "é" });
    const runs = runsIn(folder);
    const first = await runs.hashed(files);
    expect(first.reads.sort()).toEqual([1, 2, 2]);
    expect(await runs.hashed(files)).toEqual({ hashes: first.hashes, reads: [] });
    expect(statSync(runs.cacheFile).mode & 0o777).toBe(0o600);
  });

  it.each([
    [
      "other content of the same size",
      (file: string) => {
        writeFileSync(file, "2");
      },
    ],
    [
      "other content of the same size and with the time that it had",
      (file: string) => {
        const { atime, mtime } = statSync(file);
        const { ctimeNs } = statSync(file, { bigint: true });
        // Until the clock of the file system has passed a tick.
        do {
          writeFileSync(file, "2");
          utimesSync(file, atime, mtime);
        } while (statSync(file, { bigint: true }).ctimeNs === ctimeNs);
      },
    ],
    [
      "another file in its place with the same size and time",
      (file: string) => {
        const { atime, mtime } = statSync(file);
        writeFileSync(`${file}.new`, "2");
        renameSync(`${file}.new`, file);
        utimesSync(file, atime, mtime);
      },
    ],
    [
      "another size",
      (file: string) => {
        writeFileSync(file, "2222");
      },
    ],
  ])("reads a file again that has %s", async (_what, change) => {
    const { folder, files } = filesOf({ a: "1", b: "1" });
    const runs = runsIn(folder);
    // Old, so that no clock has to pass a tick before the change.
    for (const file of files) utimesSync(file, 1, 1);
    await runs.hashed(files);
    change(files[0]!);
    const { hashes, reads } = await runs.hashed(files);
    expect(hashes).toEqual([sha256(readFileSync(files[0]!, "utf8")), sha256("1")]);
    expect(reads.length).toBe(1);
  });

  it("reads a file again that was changed too shortly before it was read", async () => {
    const { folder, files } = filesOf({ a: "1" });
    const runs = runsIn(folder);
    const changed = Math.ceil(statSync(files[0]!).ctimeMs);
    for (const now of [changed - 5000, changed, changed + 1999]) {
      const { reads } = await runs.hashed(files, { now: () => now });
      expect(reads).toEqual([1]);
    }
    expect((await runs.hashed(files, { now: () => changed + 2001 })).reads).toEqual([1]);
    expect((await runs.hashed(files, { now: () => changed })).reads).toEqual([]);
  });

  it("reads a file again that was changed while it was read", async () => {
    const { folder, files } = filesOf({ a: "1".repeat(600_000) });
    const runs = runsIn(folder);
    utimesSync(files[0]!, 1, 1);
    let isChanged = false;
    const readChunk = (descriptor: number, chunk: Buffer) => {
      if (!isChanged) writeFileSync(files[0]!, "2".repeat(600_000));
      isChanged = true;
      return Promise.resolve(readSync(descriptor, chunk));
    };
    await runs.hashed(files, { readChunk });
    const { hashes, reads } = await runs.hashed(files);
    expect(hashes).toEqual([sha256("2".repeat(600_000))]);
    expect(reads.length).toBe(2);
  });
});

describe("the cache file", () => {
  const damages: readonly (readonly [string, (text: string) => string | Buffer])[] = [
    ["is empty", () => ""],
    ["is cut off", (text) => text.slice(0, -20)],
    ["ends in the middle of a line that is valid", (text) => text.slice(0, text.length - 1)],
    ["has another hash in it", (text) => text.replace(sha256("1"), sha256("2"))],
    ["is text of something else", () => "{}\n"],
    ["is binary", () => Buffer.from([0, 255, 10, 0, 10])],
    [
      "is of another layout",
      (text) => {
        const rest = text.slice(text.indexOf("\n") + 1).replace('"layout":1', '"layout":0');
        return `${sha256(rest)}\n${rest}`;
      },
    ],
  ];

  it.each(damages)("is ignored and written anew when it %s", async (_what, damaged) => {
    const { folder, files } = filesOf({ a: "1", b: "22" });
    const runs = runsIn(folder);
    await runs.hashed(files);
    const whole = readFileSync(runs.cacheFile, "utf8");
    writeFileSync(runs.cacheFile, damaged(whole));
    expect((await runs.hashed(files)).reads.length).toBe(2);
    expect(readFileSync(runs.cacheFile, "utf8").length).toBe(whole.length);
    expect((await runs.hashed(files)).reads).toEqual([]);
  });

  it("is not needed where it cannot be written", async () => {
    const { folder, files } = filesOf({ a: "1" });
    const cacheFile = path.join(files[0]!, "below-a-file", "file-hashes");
    const { hashes } = await runsIn(folder).hashed(files, { cacheFile });
    expect(hashes).toEqual([sha256("1")]);
  });

  it("keeps what was used last, and no more than there is room for", async () => {
    const { folder, files } = filesOf({ a: "1" });
    const runs = runsIn(folder);
    const { HashCache } = await import("../../../config/azureml/hashCache");
    const old = new HashCache(runs.cacheFile, () => 0);
    for (let i = 0; i < 50_000; i++) old.add(`/old/${i}`, "identity", "hash");
    await old.save();
    await runs.hashed(files);
    const lines = readFileSync(runs.cacheFile, "utf8").trimEnd().split("\n");
    expect(lines.length).toBe(2 + 50_000);
    expect(lines[2]).toContain(JSON.stringify(files[0]));
    expect((await runs.hashed(files)).reads).toEqual([]);
  });

  it("is whole after two processes have hashed at once, and no run after them reads a file", async () => {
    const names = Array.from({ length: 60 }, (_, index) => `f${index}`);
    const { folder, files } = filesOf(Object.fromEntries(names.map((name) => [name, name])));
    for (const file of files) utimesSync(file, 1, 1);
    const runs = runsIn(folder);
    const results = await Promise.all([
      inAnotherProcess(runs.cacheFile, files.slice(0, 40)),
      inAnotherProcess(runs.cacheFile, files.slice(20)),
    ]);
    expect(results).toEqual([names.slice(0, 40).map(sha256), names.slice(20).map(sha256)]);
    // One process may have written what the other could not see yet; then it is computed once more, and never wrong.
    expect((await runs.hashed(files)).hashes).toEqual(names.map(sha256));
    expect((await runs.hashed(files)).reads).toEqual([]);
  });
});

/** Hashes in a process of its own, file by file, so that it writes the cache as often. */
function inAnotherProcess(cacheFile: string, files: readonly string[]): Promise<unknown> {
  const script = `
    const { fileHashes } = require("./config/azureml/fileHashes.ts");
    const [cacheFile, ...files] = process.argv.slice(1);
    const hashes = fileHashes({ cacheFile, now: () => Date.now() + 60_000 });
    (async () => {
      const all = [];
      for (const file of files) all.push(...(await hashes.of([file], "files")));
      console.log(JSON.stringify(all));
    })();`;
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ["--import", "tsx", "-e", script, "--", cacheFile, ...files],
      { cwd: path.join(__dirname, "../../.."), stdio: ["ignore", "pipe", "inherit"] },
    );
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    child.on("error", reject).on("close", () => {
      resolve(JSON.parse(text));
    });
  });
}

describe("who waits", () => {
  it("is told how far it is, every two seconds and not before", async () => {
    const { folder, files } = filesOf({ model: "x".repeat(8 * 524_288) });
    let seconds = 0;
    const said: string[] = [];
    const now = () => 1e12 + seconds * 1000;
    const readChunk = (descriptor: number, chunk: Buffer) => {
      seconds += 0.75;
      return Promise.resolve(readSync(descriptor, chunk));
    };
    await runsIn(folder).hashed(files, { now, readChunk, tell: (text) => said.push(text) });
    expect(said).toEqual(["hashing files: 2 of 5 MB read", "hashing files: 4 of 5 MB read"]);
  });

  it("is told nothing of what an earlier run has read", async () => {
    const { folder, files } = filesOf({ model: "x".repeat(1_000_000) });
    const runs = runsIn(folder);
    await runs.hashed(files);
    let minutes = 0;
    const said: string[] = [];
    const now = () => Date.now() + (minutes += 1) * 60_000;
    await runs.hashed(files, { now, tell: (text) => said.push(text) });
    expect(said).toEqual([]);
  });
});
