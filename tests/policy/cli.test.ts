import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { policyDocument } from "../../policy/document";
import { stacksIn } from "../../policy/stacks";
import { NODE_OPTIONS } from "../e2e/commandLine";

/** `npm run policy` as people run it, on the project's own stacks. What its rules find, the other suites prove. */

const PROJECT = join(__dirname, "..", "..");

function policy(...args: readonly string[]) {
  return spawnSync(process.execPath, [...NODE_OPTIONS, "policy/cli.ts", ...args], {
    cwd: PROJECT,
    encoding: "utf8",
  });
}

interface Judged {
  readonly stack: string;
  readonly findings: readonly { readonly severity: string; readonly rule: string }[];
}

describe("npm run policy", () => {
  const folder = mkdtempSync(join(tmpdir(), "mlscore-policy-"));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("finds nothing mandatory in the project's own stacks, and what it advises is known", () => {
    // Named, because other suites put stacks of their own beside these.
    const { status, stdout } = policy("--json", "--stack", "production", "sandbox");
    const judged = JSON.parse(stdout) as Judged[];
    const found = judged.flatMap(({ stack, findings }) =>
      findings.map(({ severity, rule }) => `${stack} ${severity} ${rule}`),
    );
    expect(judged.map(({ stack }) => stack)).toEqual(["production", "sandbox"]);
    expect([...new Set(found)]).toEqual([
      "production advisory gateway-tls",
      "sandbox advisory endpoint-entra-auth",
      "sandbox advisory insights-entra-only",
      "sandbox advisory workspace-approved-outbound",
    ]);
    expect(status).toBe(0);
  });

  it("takes all stacks that have settings when none is named", () => {
    for (const file of ["Pulumi.yaml", "Pulumi.b.yaml", "Pulumi.a.yaml", "Pulumi.a.yml"]) {
      writeFileSync(join(folder, file), "");
    }
    expect(stacksIn(folder)).toEqual(["a", "b"]);
  });

  it("shows one stack as a table with a line that counts", () => {
    const { status, stdout } = policy("--stack", "sandbox");
    expect(stdout).toContain("│ advisory  │ endpoint-entra-auth ");
    expect(stdout).toMatch(
      /\nsandbox: 0 mandatory, 3 advisory, 0 exempt; \d+ rules, \d+ resources\n$/,
    );
    expect(status).toBe(0);
  });

  it("says which stack there is not, without a stack trace", () => {
    const { status, stderr } = policy("--stack", "nowhere");
    expect(stderr).toContain('There is no stack "nowhere"');
    expect(stderr).not.toContain("    at ");
    expect(status).toBe(1);
  });

  it("writes the table of all rules", () => {
    const file = join(folder, "policy.md");
    expect(policy("--document", file).status).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(policyDocument());
  });
});
