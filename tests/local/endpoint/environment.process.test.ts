/** Python environments, with a real Python and a real pip but no download. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { UserError } from "../../../errors";
import { prepareEnvironment } from "../../../local/endpoint/environment";
import { findPython } from "../../../local/endpoint/python";
import { processes } from "./support/endpoint";

let folder: string;
let path: string | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "environment-test-"));
  path = process.env["PATH"];
});
afterEach(() => {
  process.env["PATH"] = path;
  expect(processes().filter((line) => line.includes(folder))).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

/** A wheel is a zip with two text files; Python makes it. */
async function makeWheel(): Promise<string> {
  const { command } = await findPython(undefined);
  const { execFileSync } = await import("node:child_process");
  const links = join(folder, "links");
  mkdirSync(links);
  const script = [
    "import sys, zipfile",
    "w = zipfile.ZipFile(sys.argv[1], 'w')",
    "d = 'azureml_defaults-0.dist-info/'",
    "w.writestr('marker_module.py', 'VALUE = 1')",
    "w.writestr(d + 'METADATA', 'Metadata-Version: 2.1\\nName: azureml-defaults\\nVersion: 0\\n')",
    "w.writestr(d + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')",
    "w.writestr(d + 'RECORD', '')",
    "w.close()",
  ].join("\n");
  execFileSync(command, ["-c", script, join(links, "azureml_defaults-0-py3-none-any.whl")]);
  return links;
}

/** Folders with an environment, complete or not. */
function environments(): string[] {
  const path = join(folder, "environments");
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
}

const condaFile = (links: string, requirement = "azureml-defaults") =>
  JSON.stringify({ dependencies: [{ pip: ["--no-index", `--find-links ${links}`, requirement] }] });

describe("an environment", () => {
  it("that finds the disk full says so with its path, not with conda and pip", async () => {
    const buildDirectory = join(folder, "context");
    mkdirSync(buildDirectory);
    writeFileSync(join(buildDirectory, "bake.py"), "raise OSError(28, 'No space left on device')");
    const prepared = prepareEnvironment(condaFile(await makeWheel()), {
      cacheDirectory: folder,
      buildDirectory,
      onEvent: () => undefined,
    });
    await expect(prepared).rejects.toThrow(
      /^disk full: the Python environment \/.*environments\/\S+ cannot/,
    );
  });

  it("is built once, by however many ask at the same time, then looked up", async () => {
    const text = condaFile(await makeWheel());
    const messages: string[] = [];
    const prepare = () =>
      prepareEnvironment(text, {
        cacheDirectory: folder,
        onEvent: ({ message }) => messages.push(message),
      });
    const [first, second] = await Promise.all([prepare(), prepare()]);
    expect(second.directory).toBe(first.directory);
    expect(existsSync(join(first.directory, "ready"))).toBe(true);
    expect(messages.filter((message) => message.startsWith("Installing"))).toHaveLength(1);
    messages.length = 0;
    await prepare();
    expect(messages).toEqual([]);
    expect(environments()).toEqual([first.directory]);
  });

  it("is its user's alone, whatever the umask", async () => {
    const umask = process.umask(0);
    try {
      const text = condaFile(await makeWheel());
      await prepareEnvironment(text, { cacheDirectory: folder, onEvent: () => undefined });
    } finally {
      process.umask(umask);
    }
    const all = readdirSync(join(folder, "environments"), { recursive: true }).map(String);
    const open = all.filter((name) => {
      const found = lstatSync(join(folder, "environments", name));
      return !found.isSymbolicLink() && (found.mode & 0o077) !== 0;
    });
    // Programs of pip's, which it makes executable for all whatever the umask: their folder is closed.
    expect(open.filter((name) => !/\/bin\/[^/]+$/.test(name))).toEqual([]);
    expect(statSync(join(folder, "environments")).mode & 0o777).toBe(0o700);
  });

  it("whose Python has gone is built anew, and stays as it is for those who use it", async () => {
    const text = condaFile(await makeWheel());
    const prepare = () =>
      prepareEnvironment(text, { cacheDirectory: folder, onEvent: () => undefined });
    const used = await prepare();
    renameSync(used.python, `${used.python}-gone`);
    const next = await prepare();
    expect(next.directory).not.toBe(used.directory);
    const { execFileSync } = await import("node:child_process");
    const see = ["-c", "import marker_module, sys; print(sys.prefix)"];
    expect(execFileSync(next.python, see, { encoding: "utf8" }).trim()).toBe(next.directory);
    expect(environments()).toEqual([used.directory, next.directory].sort());
    await used.release();
    expect(environments()).toEqual([next.directory]);
  });

  it("that cannot be installed is removed, and pip's last words are shown with what to do", async () => {
    const text = condaFile(await makeWheel(), "no-such-package==1.0");
    const prepare = prepareEnvironment(text, { cacheDirectory: folder, onEvent: () => undefined });
    await expect(prepare).rejects.toThrow(UserError);
    await expect(prepare).rejects.toThrow(/no-such-package.*Check the package names/s);
    expect(readdirSync(join(folder, "environments"))).toEqual([]);
  });

  it("is completed by its build context's bake.py, and is another one when that changes", async () => {
    const text = condaFile(await makeWheel());
    const buildDirectory = join(folder, "context");
    mkdirSync(buildDirectory);
    const bake = (line: string) => {
      writeFileSync(join(buildDirectory, "bake.py"), `import sys, pathlib\n${line}\n`);
    };
    const options = { cacheDirectory: folder, buildDirectory, onEvent: () => undefined };
    bake("pathlib.Path(sys.prefix, 'baked').write_text(sys.executable)");
    const first = await prepareEnvironment(text, options);
    expect(readFileSync(join(first.directory, "baked"), "utf8")).toBe(first.python);
    bake("sys.exit('versions disagree')");
    const second = prepareEnvironment(text, options);
    await expect(second).rejects.toThrow(UserError);
    await expect(second).rejects.toThrow(/bake\.py.*versions disagree.*what bake.py says/s);
    expect(environments()).toEqual([first.directory]);
  });

  it("whose installing is interrupted leaves no pip and no folder", async () => {
    const abort = new AbortController();
    const stop = () => {
      abort.abort();
    };
    const prepare = prepareEnvironment(condaFile(await makeWheel()), {
      cacheDirectory: folder,
      signal: abort.signal,
      onEvent: ({ phase, message }) => {
        // The first line that pip itself prints.
        if (phase === "environment" && /^(Collecting|Installing)/.test(message)) stop();
      },
    });
    await expect(prepare).rejects.toThrow("was interrupted");
    expect(readdirSync(join(folder, "environments"))).toEqual([]);
  });
});

describe("finding Python", () => {
  /** A program that answers as a Python of that version would. */
  function fakePython(name: string, version: string, canMakeVenv = true): void {
    const bin = join(folder, "bin");
    mkdirSync(bin, { recursive: true });
    const answer = `#!/bin/sh\necho "${version} ${canMakeVenv ? "True" : "False"}"\n`;
    writeFileSync(join(bin, name), answer);
    chmodSync(join(bin, name), 0o755);
    process.env["PATH"] = [bin, "/nowhere"].join(delimiter);
  }

  it("takes the requested one when it is there", async () => {
    fakePython("python3", "3.12.1");
    fakePython("python3.11", "3.11.9");
    expect(await findPython("3.11")).toEqual({ command: "python3.11", version: "3.11.9" });
  });

  it.each([
    ["=3.11", ["3.10.1", "3.11.9", "3.12.1"], "3.11.9"],
    [">=3.9,<3.11", ["3.10.1", "3.11.9", "3.12.1"], "3.10.1"],
    ["<3.12", ["3.10.1", "3.11.9", "3.12.1"], "3.11.9"],
    [">=3.10", ["3.10.1", "3.11.9", "3.12.1"], "3.12.1"],
    ["3.10.*|3.12.*", ["3.10.1", "3.11.9", "3.12.1"], "3.12.1"],
    // Another patch is as good.
    ["==3.11.2", ["3.10.1", "3.11.9", "3.12.1"], "3.11.9"],
  ])("takes for %s, of %j, the newest that fits", async (wanted, versions, taken) => {
    for (const version of versions) fakePython(`python${version.slice(0, 4)}`, version);
    expect(await findPython(wanted)).toEqual({
      command: `python${taken.slice(0, 4)}`,
      version: taken,
    });
  });

  it.each([
    ["=3.9", ["3.10.1", "3.11.9", "3.12.1"], "3.10.1"],
    ["<3.9", ["3.10.1", "3.11.9"], "3.10.1"],
    [">=3.13", ["3.10.1", "3.11.9"], "3.11.9"],
    ["=3.11", ["3.10.1", "3.12.1"], "3.12.1"],
    ["=2.7", ["3.10.1", "3.11.9"], "3.11.9"],
  ])("takes for %s, of %j, the nearest, and says so", async (wanted, versions, taken) => {
    for (const version of versions) fakePython(`python${version.slice(0, 4)}`, version);
    expect(await findPython(wanted)).toMatchObject({ version: taken, replaces: wanted });
  });

  it("warns of one that stands in, with the line, and calls it the likely reason of a failure", async () => {
    const { version } = await findPython(undefined);
    const text = [
      "dependencies:",
      "  - python=3.7",
      "  - pip:",
      "    - --no-index",
      "    - gone==1",
    ];
    const warnings: string[] = [];
    const prepare = prepareEnvironment(text.join("\n"), {
      cacheDirectory: folder,
      condaFileName: "conda.yml",
      logPath: join(folder, "install.log"),
      onEvent: ({ phase, message }) => {
        if (phase === "warning") warnings.push(message);
      },
    });
    const { message } = await prepare.then(
      () => new Error("installed"),
      (error: unknown) => error as Error,
    );
    expect(warnings[0]).toMatch(
      /^conda\.yml:2: asks for Python =3\.7, which is not on PATH; Python 3\.\d+\.\S+ \(python3\S*\) is used instead/,
    );
    const lines = message.split("\n");
    expect(lines[0]).toMatch(/^conda\.yml:5: .*gone==1/);
    expect(lines[1]).toMatch(
      /^ {2}Python \S+ is used instead of =3\.7, which is the likely reason/,
    );
    expect(lines.at(-1)).toBe(`  Log: ${join(folder, "install.log")}`);
    expect(lines.length).toBeLessThanOrEqual(4);
    expect(readFileSync(join(folder, "install.log"), "utf8")).toContain("gone==1");
    expect(version).toMatch(/^3\./);
  });

  it("passes over a python3 that is too old", async () => {
    fakePython("python3", "3.9.6");
    fakePython("python3.13", "3.13.0");
    expect(await findPython(undefined)).toEqual({ command: "python3.13", version: "3.13.0" });
  });

  it.each([
    ["there is none", "other", "", /no Python is on PATH/],
    ["all are too old", "python3", "3.9.6", /python3 is 3\.9\.6/],
  ])("says what to install when %s", async (_what, name, version, message) => {
    fakePython(name, version);
    await expect(findPython("3.11")).rejects.toThrow(UserError);
    await expect(findPython("3.11")).rejects.toThrow(message);
  });

  it("names Debian's package when venv is missing", async () => {
    fakePython("python3", "3.11.2", false);
    await expect(findPython(undefined)).rejects.toThrow("sudo apt install python3.11-venv");
  });
});
