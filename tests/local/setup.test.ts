import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

/** When an npm script installs the packages first. A fake takes npm's place: what it installs is not proved here. */

const LOCKED = {
  "": { name: "project" },
  "node_modules/one": { version: "1.0.0", integrity: "sha512-one" },
  "node_modules/mac": { version: "1.0.0", integrity: "sha512-mac", optional: true },
};
type Packages = Readonly<Record<string, object>>;

let project = "";
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "setup-"));
  for (const folder of ["local", "node_modules", "bin"]) mkdirSync(join(project, folder));
  copyFileSync(join(__dirname, "../../local/setup.mjs"), join(project, "local/setup.mjs"));
  writeFileSync(join(project, "package-lock.json"), JSON.stringify({ packages: LOCKED }));
  writeFileSync(join(project, "bin/npm"), '#!/bin/sh\necho "npm $*"\n', { mode: 0o755 });
});
afterEach(() => {
  rmSync(project, { recursive: true });
});

const run = () =>
  spawnSync(process.execPath, [join(project, "local/setup.mjs")], {
    encoding: "utf8",
    env: { ...process.env, PATH: `${join(project, "bin")}:${process.env["PATH"] ?? ""}` },
  });

/** Leaves what npm leaves at the end of an installation. */
function installed(packages: Packages): void {
  writeFileSync(join(project, "node_modules/.package-lock.json"), JSON.stringify({ packages }));
}

const { "": _root, ...ALL } = LOCKED;
const { "node_modules/mac": _mac, ...HERE } = ALL;

describe("the packages", () => {
  it.each<[string, Packages]>([
    ["by npm ci or pulumi install", ALL],
    ["without one that is for another system", HERE],
  ])("are not installed again when they were installed %s", (_how, packages) => {
    installed(packages);
    expect(run()).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });

  it.each<[string, Packages | undefined]>([
    ["nothing is installed, or an installation was cut off", undefined],
    ["one is missing", {}],
    ["one has another version", { ...HERE, "node_modules/one": { version: "0.9.0" } }],
    ["one has other content", { "node_modules/one": { version: "1.0.0", integrity: "other" } }],
    ["the lock file has one no more", { ...ALL, "node_modules/old": { version: "1.0.0" } }],
  ])("are installed when %s", (_what, packages) => {
    if (packages !== undefined) installed(packages);
    const { status, stderr } = run();
    expect(status).toBe(0);
    expect(stderr).toBe("Installing packages (npm ci) …\nnpm ci --loglevel=error\n");
  });
});
