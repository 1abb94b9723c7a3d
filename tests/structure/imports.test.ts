import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "@jest/globals";

/**
 * The rules of `.dependency-cruiser.cjs`, which `npm run check` applies to the project, applied to a small project with a
 * violation of each. It does not prove that the table in docs/architecture.md is sensible.
 */

const PROJECT = join(__dirname, "..", "..");
const CRUISER = join(PROJECT, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");

const LEAF = "export const one = 1;\nexport type One = 1;\n";
const FILES: Readonly<Record<string, string>> = {
  "errors.ts": LEAF,
  "config/allowed.ts": 'export { one } from "../errors";\n',
  "components/part.ts":
    'import type { One } from "../config/allowed";\nexport const one: One = 1;\n',
  "config/forbidden.ts": 'export { one } from "../components/part";\n',
  "rollout/steps.ts": LEAF,
  "traffic/type.ts": 'import type { One } from "../rollout/steps";\nexport const one: One = 1;\n',
  "traffic/later.ts": 'export const steps = () => import("../rollout/steps");\n',
  "emulator/resourceStore.ts": LEAF,
  "emulator/clientStore.ts": LEAF,
  "emulator/azure/allowed.ts": 'export { one } from "../resourceStore";\n',
  "emulator/azure/forbidden.ts": 'export { one } from "../clientStore";\n',
  "graph/one.ts": 'import { two } from "./two";\nexport type One = typeof two;\n',
  "graph/two.ts": 'import type { One } from "./one";\nexport const two = (one: One) => one;\n',
  "graph/part.ts": 'export { Provider } from "@pulumi/kubernetes";\n',
  "traffic/settings.ts": 'export { Config } from "@pulumi/pulumi";\n',
  "extra/part.ts": 'export { one } from "./missing";\n',
};

/** Violations in a project of those files, by the file that has the import. */
function violations(): ReadonlyMap<string, readonly string[]> {
  const project = mkdtempSync(join(tmpdir(), "mlscore-imports-"));
  for (const name of [".dependency-cruiser.cjs", "docs/architecture.md", "tsconfig.json"]) {
    cpSync(join(PROJECT, name), join(project, name));
  }
  symlinkSync(join(PROJECT, "node_modules"), join(project, "node_modules"));
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(project, name)), { recursive: true });
    writeFileSync(join(project, name), text);
  }
  const options = ["--config", ".dependency-cruiser.cjs", "--output-type", "json"];
  const done = spawnSync(process.execPath, [CRUISER, ...options, "."], {
    cwd: project,
    encoding: "utf8",
  });
  rmSync(project, { recursive: true });
  const { summary } = JSON.parse(done.stdout) as {
    readonly summary: {
      readonly violations: readonly {
        readonly from: string;
        readonly to: string;
        readonly rule: { readonly name: string };
      }[];
    };
  };
  const found = new Map<string, string[]>();
  for (const { rule, from, to } of summary.violations) {
    found.set(from, [...(found.get(from) ?? []), `${rule.name}: ${to}`]);
  }
  return found;
}

describe("the check of imports", () => {
  const found = violations();

  it("finds an import that the folder's row does not allow", () => {
    expect(found.get("config/forbidden.ts")).toEqual([
      "config/ imports only what its row allows: components/part.ts",
    ]);
  });

  it.each(["traffic/type.ts", "traffic/later.ts"])("finds a type, and an import() (%s)", (file) => {
    expect(found.get(file)).toEqual([
      "traffic/ imports only what its row allows: rollout/steps.ts",
    ]);
  });

  it("tells a subfolder's row from that of the folder around it", () => {
    expect(found.get("emulator/azure/forbidden.ts")).toEqual([
      "emulator/azure/ imports only what its row allows: emulator/clientStore.ts",
    ]);
  });

  it("finds a circle of types, once", () => {
    expect(found.get("graph/one.ts")).toEqual(["no circles: graph/two.ts"]);
  });

  it("finds resources that are declared outside components/, and Pulumi where it is forbidden", () => {
    expect(found.get("graph/part.ts")).toEqual([
      expect.stringMatching(/^only components\/ declares resources: .*@pulumi\/kubernetes/),
    ]);
    expect(found.get("traffic/settings.ts")).toEqual([
      expect.stringMatching(/^folders that must not know Pulumi: .*@pulumi\/pulumi/),
    ]);
  });

  it("finds a folder without a row, and an import of a file that does not exist", () => {
    expect(found.get("extra/part.ts")?.toSorted()).toEqual([
      "every folder has a row: ./missing",
      "every import is found: ./missing",
    ]);
  });

  it("finds nothing else", () => {
    expect(found.size).toBe(8);
  });
});
