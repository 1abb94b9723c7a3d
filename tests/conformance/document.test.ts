import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { assumptionsDocument } from "../../conformance/document";
import { readTranscripts } from "../../conformance/transcript";

it("is what the assumptions and transcripts say; else: npm run conformance -- --document docs/azure-assumptions.md", () => {
  const path = join(__dirname, "..", "..", "docs", "azure-assumptions.md");
  expect(readFileSync(path, "utf8")).toBe(assumptionsDocument(readTranscripts()));
});
