/**
 * A process that builds or uses a folder: `builder.ts DIRECTORY LOG`. It writes a line to the log when its build begins, prints
 * `building`, ends the build when a line arrives on stdin, prints the folder that it uses, and uses it until stdin ends.
 */
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { buildOnce } from "../../../../local/endpoint/buildOnce";

const [directory = "", log = ""] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin });
const line = new Promise<void>((resolve) => {
  lines.once("line", () => {
    resolve();
  });
});
lines.once("close", () => process.exit());

async function build(target: string): Promise<void> {
  appendFileSync(log, "build\n");
  mkdirSync(target);
  writeFileSync(join(target, "begun"), "");
  console.log("building");
  await line;
}

void buildOnce(directory, build, {
  onWaiting: () => {
    console.log("waiting");
  },
}).then((built) => {
  console.log(built.directory);
});
