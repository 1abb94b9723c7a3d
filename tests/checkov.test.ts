import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { armTemplate } from "../render/armTemplate";
import { graphOf } from "../graph/graph";
import { manifests } from "../render/manifests";
import { writeFolder } from "../render/outputFolder";
import { readStackSettings } from "../graph/settings";
import { isAzureResource } from "../emulator/emulatorStore";
import { evaluatedUp } from "./evaluation/client";

/** Proves that docs/findings.md lists what Checkov finds; it does not prove that what Checkov passes is safe. */

const PROJECT = join(__dirname, "..");

/** What Checkov says of one framework. */
interface Report {
  readonly summary: { readonly passed: number };
  readonly results: {
    readonly failed_checks: readonly { readonly check_id: string; readonly resource: string }[];
  };
}

function hasCheckov(): boolean {
  const found = spawnSync("checkov", ["--version"]).status === 0;
  if (!found) {
    // Jest drops what a wholly skipped suite logs.
    process.stderr.write(
      "SKIPPED: tests/checkov.test.ts needs Checkov, and there is no `checkov` on the PATH.\n",
    );
  }
  return found;
}

/** What Checkov fails, as `check on`, by what it read. */
function failures(...what: string[]): { on: string[]; passed: number } {
  const done = spawnSync("checkov", [...what, "--quiet", "--skip-download", "-o", "json"], {
    encoding: "utf8",
  });
  const reports = [JSON.parse(done.stdout) as Report | Report[]].flat();
  return {
    on: reports.flatMap(({ results }) =>
      results.failed_checks.map(({ check_id, resource }) => `${check_id} ${subject(resource)}`),
    ),
    passed: reports.reduce((sum, { summary }) => sum + summary.passed, 0),
  };
}

/** `Microsoft.Storage/storageAccounts.name` → `storageAccounts`; an instruction of a Dockerfile → `Dockerfile`. */
function subject(resource: string): string {
  return /^Microsoft\.[A-Za-z]+\/([A-Za-z/]+)\./.exec(resource)?.[1] ?? "Dockerfile";
}

/** The rows of the table, a row for several kinds of resources as several. */
function listed(): string[] {
  const text = readFileSync(join(PROJECT, "docs", "findings.md"), "utf8");
  return text.split("\n").flatMap((line) => {
    const [, check = "", on = ""] = line.split("|").map((cell) => cell.trim());
    return check.startsWith("CKV") ? on.split(", ").map((one) => `${check} ${one}`) : [];
  });
}

(hasCheckov() ? describe : describe.skip)("Checkov on the project's production stack", () => {
  const folder = mkdtempSync(join(tmpdir(), "mlscore-checkov-"));
  beforeAll(async () => {
    const run = await evaluatedUp("production", readStackSettings("production"));
    const graph = graphOf(run);
    const inAzure = graph.filter(({ created }) => isAzureResource(created.token));
    await writeFolder(folder, { "arm.json": JSON.stringify(armTemplate(inAzure, run.tenantId)) });
    await writeFolder(join(folder, "manifests"), manifests(graph));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("fails exactly the checks that are listed", () => {
    const stack = failures("-d", folder, "--framework", "arm", "kubernetes");
    const image = failures(
      "-f",
      join(PROJECT, "scoring", "Dockerfile"),
      "--framework",
      "dockerfile",
    );
    // Something was read at all.
    expect(stack.passed).toBeGreaterThan(100);
    expect(image.passed).toBeGreaterThan(50);
    expect([...stack.on, ...image.on].sort()).toEqual(listed().sort());
  });
});
