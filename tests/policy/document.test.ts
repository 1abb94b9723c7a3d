import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { policyDocument } from "../../policy/document";
import { rules } from "../../policy/rules/index";

describe("docs/policy.md", () => {
  const document = readFileSync(join(__dirname, "..", "..", "docs", "policy.md"), "utf8");

  it("is up to date; renew it by: npm run policy -- --document docs/policy.md", () => {
    expect(document).toBe(policyDocument());
  });

  it("has a row for each rule", () => {
    const rows = document.split("\n").map((line) => line.split("|")[1]?.trim());
    expect(rules.filter(({ id }) => !rows.includes(id))).toEqual([]);
  });
});
