import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { policyDocument } from "../../policy/document";
import { rules } from "../../policy/rules/index";

describe("docs/policy.md", () => {
  const written = readFileSync(join(__dirname, "..", "..", "docs", "policy.md"), "utf8");

  it("is what the rules say; else: npm run policy -- --document docs/policy.md", () => {
    expect(written).toBe(policyDocument());
  });

  it("has a row for each rule", () => {
    const rows = written.split("\n").map((line) => line.split("|")[1]?.trim());
    expect(rules.filter(({ id }) => !rows.includes(id))).toEqual([]);
  });
});
