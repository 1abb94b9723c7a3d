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
function printed(program: string, variables: Readonly<Record<string, string>> = {}): unknown {
  const script = join(folder, "program.ts");
  writeFileSync(script, program);
  const done = spawnSync(process.execPath, [...LOADERS.split(" "), script], {
    cwd: PROJECT_DIRECTORY,
    encoding: "utf8",
    env: { ...process.env, ...variables },
  });
  if (done.status !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout);
}

const LOADED = `
  const loaded = () => Object.keys(require.cache).flatMap((file) =>
    /@pulumi.pulumi.automation.localWorkspace|@npmcli.arborist.lib.index|typescript.lib.typescript\\.js|@grpc.grpc-js.build.src.index|closure.serializeClosure|normalize-package-data.lib.index|semver.index/.exec(file)?.[0] ?? []);`;

describe("a program", () => {
  it("loads of Pulumi's SDK what it asks for, when it asks", () => {
    const program = `${LOADED}
      import * as pulumi from "@pulumi/pulumi";
      const before = loaded();
      const type = typeof pulumi.automation.LocalWorkspace;
      console.log(JSON.stringify({ before, type, has: "Stack" in pulumi.automation, after: loaded().includes("@pulumi/pulumi/automation/localWorkspace") }));`;
    expect(printed(program)).toEqual({
      before: [],
      type: "function",
      has: true,
      after: true,
    });
  });

  it("serialises a function as without it", () => {
    const program = `import * as pulumi from "@pulumi/pulumi";
      void pulumi.runtime.serializeFunction(() => 6 * 7).then(({ text }) => {
        process.stdout.write(JSON.stringify(/return (.*);/.exec(text)?.[1]));
      });`;
    expect(printed(program)).toBe("()=>6*7");
  });

  it("reads the texts of errors in other languages when it asks", () => {
    const program = `import { z } from "zod";
      const files = () => Object.keys(require.cache).filter((file) => /zod.v4.locales.(?!en\\.)/.test(file)).length;
      const before = files();
      z.config(z.locales.de());
      const said = z.string().safeParse(1).error?.issues[0]?.message;
      process.stdout.write(JSON.stringify([before, said, files() > 1]));`;
    expect(printed(program)).toEqual([
      0,
      "Ungültige Eingabe: erwartet string, erhalten Zahl",
      true,
    ]);
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
    expect(printed(program, { PULUMI_DEBUG_PROMISE_LEAKS: "true" })).toEqual([
      "program.ts:7",
      "program.ts:6",
      10,
    ]);
  });
});

describe("a stack trace of a promise", () => {
  it("is not taken unless unsettled promises are to be reported", () => {
    const program = `import "@pulumi/pulumi";
      import { debuggablePromise } from "@pulumi/pulumi/runtime/debuggable";
      const pending = Promise.resolve();
      void debuggablePromise(pending, "context");
      process.stdout.write(JSON.stringify((pending as unknown as { _debugStackTrace: string })._debugStackTrace));`;
    expect(printed(program)).toBe("Error");
  });
});

describe("a frame in a package", () => {
  it("is in the JavaScript that is installed", () => {
    const program = `import { runtime } from "@pulumi/pulumi";
      let frame: string | undefined;
      try {
        runtime.setConfig(undefined as unknown as string, Symbol() as unknown as string);
      } catch (error) {
        frame = /@pulumi\\/pulumi\\/[\\w/]+\\.[jt]s/.exec((error as Error).stack ?? "")?.[0];
      }
      process.stdout.write(JSON.stringify(frame));
      process.reallyExit(0);`;
    expect(printed(program)).toBe("@pulumi/pulumi/runtime/config.js");
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
