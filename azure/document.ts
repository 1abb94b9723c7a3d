import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withRightsTable } from "./rights";

/** `npm run rights`: renews the table of identities in docs/operations.md. */
const file = join(__dirname, "..", "docs", "operations.md");
writeFileSync(file, withRightsTable(readFileSync(file, "utf8")));
