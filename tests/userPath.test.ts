import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "@jest/globals";
import { Command } from "commander";
import { runCommand } from "../command";
import { userPath } from "../projectDirectory";

const PROJECT = join(__dirname, "..");
const NPM_VARIABLES = ["INIT_CWD", "npm_package_json"] as const;
const before = NPM_VARIABLES.map((name) => [name, process.env[name]] as const);

afterEach(() => {
  for (const [name, value] of before) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
});

function byNpm(folder: string, project = PROJECT): void {
  process.env["INIT_CWD"] = folder;
  process.env["npm_package_json"] = join(project, "package.json");
}

describe("a path on a command line", () => {
  it.each([
    ["from the project", PROJECT, "scoring/sandbox", "scoring/sandbox"],
    ["from a folder in it", join(PROJECT, "scoring"), "sandbox", "scoring/sandbox"],
    ["from a folder in it, upwards", join(PROJECT, "scoring"), "../docs", "docs"],
    ["from a folder in it, the folder itself", join(PROJECT, "scoring"), ".", "scoring"],
    ["that is the project", join(PROJECT, "scoring"), "..", "."],
    ["of a folder that begins with dots", PROJECT, "..data/x", "..data/x"],
    ["from another folder", "/elsewhere", "sandbox", "/elsewhere/sandbox"],
    ["that is absolute", "/elsewhere", "/tmp/sandbox", "/tmp/sandbox"],
    ["that is empty", join(PROJECT, "scoring"), "", ""],
  ])("%s", (_, folder, typed, expected) => {
    byNpm(folder);
    expect(userPath(typed)).toBe(expected);
  });

  it("stays as it is without npm, and where npm runs a script of another project", () => {
    for (const name of NPM_VARIABLES) Reflect.deleteProperty(process.env, name);
    expect(userPath("sandbox")).toBe("sandbox");
    byNpm("/elsewhere", "/elsewhere");
    expect(userPath("sandbox")).toBe("sandbox");
  });

  it("is found in options and arguments, of commands of commands too", async () => {
    byNpm("/elsewhere");
    const seen: unknown[] = [];
    const command = new Command();
    command
      .command("a")
      .argument("<reference>")
      .argument("[path]")
      .option("--preview <files...>", "")
      .option("--out <dir>", "", "default")
      .option("--stack <name>")
      .action((...args: unknown[]) => {
        seen.push(args.slice(0, 3));
      });
    const { argv } = process;
    const run = async (...args: string[]) => {
      process.argv = [...argv.slice(0, 2), "a", ...args];
      await runCommand(command).finally(() => (process.argv = argv));
    };
    await run("m:1", "x", "--preview", "p", "q", "--out", "o", "--stack", "s");
    expect(seen).toEqual([
      [
        "m:1",
        "/elsewhere/x",
        { preview: ["/elsewhere/p", "/elsewhere/q"], out: "/elsewhere/o", stack: "s" },
      ],
    ]);
  });

  it("has one of the names that mean a path, in every command", () => {
    const names = commandLines().flatMap((file) =>
      [
        ...readFileSync(file, "utf8").matchAll(
          /(?:\.(?:option|requiredOption|argument)|new Option)\(\s*"[^"<[]*[<[]([\w-]+)/g,
        ),
      ].map(([, name = ""]) => name),
    );
    const others = [
      ...["deployment", "id", "ids", "name", "names", "number", "object-id", "reference", "run"],
      ...["seconds", "word", "duration", "faults", "code", "key", "where"],
    ];
    expect([...new Set(names)].filter((name) => !others.includes(name)).sort()).toEqual([
      ...["conda-file", "dir", "file", "files", "path"],
    ]);
  });
});

/** Files of the product that declare options, but the one for maintainers of the patterns of secrets. */
function commandLines(): string[] {
  const skipped = ["node_modules", "tests", "scoring", "secrets"];
  const below = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        return entry.name.startsWith(".") || skipped.includes(entry.name) ? [] : below(path);
      }
      return /\.ts$/.test(entry.name) && readFileSync(path, "utf8").includes('from "commander"')
        ? [path]
        : [];
    });
  return below(PROJECT);
}

describe("npm itself", () => {
  const elsewhere = mkdtempSync(join(tmpdir(), "mlscore-user-"));
  afterAll(() => {
    rmSync(elsewhere, { recursive: true, force: true });
  });

  it.each([
    ["in a folder of the project", join(PROJECT, "docs"), [], "docs/none.json"],
    ["in another folder", elsewhere, ["--prefix", PROJECT], join(elsewhere, "none.json")],
  ])("%s", (_, cwd, where, expected) => {
    const args = ["run", "--silent", ...where, "plan", "--", "--approved", "none.json"];
    const { status, stderr } = spawnSync("npm", [...args, "--now", "none.json"], {
      cwd,
      encoding: "utf8",
    });
    expect(stderr).toBe(`${expected} does not exist\n`);
    expect(status).toBe(1);
  });

  it("leaves a place that cannot be written to the command, which names it", () => {
    const args = ["run", "--silent", "policy", "--", "--document", "none/policy.md"];
    const { status, stderr } = spawnSync("npm", args, { cwd: PROJECT, encoding: "utf8" });
    expect(stderr).toMatch(/^none\/policy\.md cannot be written: ENOENT: [^\n]*\n$/);
    expect(status).toBe(1);
  });
});
