import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { PROJECT_DIRECTORY } from "../projectDirectory";

/** What a program and a command load, and what they still know of where their code stands. */

const LOADERS = "--import tsx --import ./lazyModules.mjs";

// Below the project, so that the script finds its packages.
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(PROJECT_DIRECTORY, "node_modules", ".lazy-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What a TypeScript program prints, as JSON. */
function printed(program: string): unknown {
  const script = join(folder, "program.ts");
  writeFileSync(script, program);
  const done = spawnSync(process.execPath, [...LOADERS.split(" "), script], {
    cwd: PROJECT_DIRECTORY,
    encoding: "utf8",
  });
  if (done.status !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout);
}

const LOADED = `
  const loaded = () => Object.keys(require.cache).flatMap((file) =>
    /@pulumi.pulumi.automation.localWorkspace|@npmcli.arborist.lib.index|typescript.lib.typescript\\.js/.exec(file)?.[0] ?? []);`;

describe("a program", () => {
  it("loads of Pulumi's SDK what it asks for, when it asks", () => {
    const program = `${LOADED}
      import * as pulumi from "@pulumi/pulumi";
      const before = loaded();
      const type = typeof pulumi.automation.LocalWorkspace;
      console.log(JSON.stringify({ before, type, has: "Stack" in pulumi.automation, after: loaded() }));`;
    expect(printed(program)).toEqual({
      before: [],
      type: "function",
      has: true,
      after: ["@pulumi/pulumi/automation/localWorkspace"],
    });
  });

  it("is told in its own lines where an error and an unsettled promise come from", () => {
    const program = `interface Unused { readonly a: string }
      import "@pulumi/pulumi";
      import { debuggablePromise } from "@pulumi/pulumi/runtime/debuggable";
      interface Another extends Unused { readonly b: string }
      const pending = new Promise(() => undefined);
      void debuggablePromise(pending, "forgotten");
      const traces = [new Error("mine").stack, (pending as unknown as { _debugStackTrace: string })._debugStackTrace];
      process.stdout.write(JSON.stringify([...traces.map((text = "") => /program\\.ts:\\d+/.exec(text)?.[0]), Error.stackTraceLimit]));
      process.reallyExit(0);`;
    expect(printed(program)).toEqual(["program.ts:7", "program.ts:6", 10]);
  });
});

describe("a stack trace of a promise", () => {
  it("is not formatted until it is read", () => {
    const program = `import "@pulumi/pulumi";
      import { debuggablePromise } from "@pulumi/pulumi/runtime/debuggable";
      let frames = 0;
      Error.prepareStackTrace = (_error, sites) => ((frames += sites.length), "trace");
      const pending = Promise.resolve();
      void debuggablePromise(pending, "context");
      const before = frames;
      const trace = (pending as unknown as { _debugStackTrace: string })._debugStackTrace;
      process.stdout.write(JSON.stringify([before, trace, frames > 0]));`;
    expect(printed(program)).toEqual([0, "trace", true]);
  });
});

describe("the modules are loaded so", () => {
  it("by the engine and by every command", () => {
    const { runtime } = parse(readFileSync(join(PROJECT_DIRECTORY, "Pulumi.yaml"), "utf8")) as {
      runtime: { options: { nodeargs: string } };
    };
    expect(runtime.options.nodeargs).toBe(LOADERS);
    const { scripts } = JSON.parse(
      readFileSync(join(PROJECT_DIRECTORY, "package.json"), "utf8"),
    ) as { scripts: Record<string, string> };
    const commands = Object.values(scripts).filter((script) => script.includes("tsx"));
    expect(commands.filter((command) => !command.includes(` ${LOADERS} `))).toEqual([]);
  });
});
