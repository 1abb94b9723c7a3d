import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Command } from "commander";
import { runCommand, writeUserFile } from "../command";
import { print } from "../output";
import { withRightsTable } from "./rights";

const FILE = join(__dirname, "..", "docs", "operations.md");

const command = new Command("npm run rights --")
  .description("Renews the table of identities and their rights in docs/operations.md.")
  .action(() => {
    writeUserFile(FILE, withRightsTable(readFileSync(FILE, "utf8")));
    print(`→ ${relative(process.cwd(), FILE)}`);
  });

void runCommand(command);
