import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { connectSupervisor, endEverything } from "../../../local/endpoint";

/** write-file-atomic writes beside a file and renames; a kill between the two leaves what it wrote. */
const UNFINISHED = ["processes.json.12", "supervisor.json.3456", "credentials.json.7"];

it.each<[string, (folder: string) => Promise<unknown>]>([
  ["a command that looks for the supervisor", (folder) => connectSupervisor(folder)],
  ["down", (folder) => endEverything(folder)],
])("what a killed supervisor did not finish is removed by %s", async (_who, clearUp) => {
  const folder = mkdtempSync(join(tmpdir(), "endpoint-test-"));
  for (const name of [...UNFINISHED, "access.log.1"]) writeFileSync(join(folder, name), "{");
  // Of a process that is no more: its id is above every one that a kernel gives.
  writeFileSync(join(folder, "supervisor.json"), JSON.stringify({ port: 1, pid: 99_999_999 }));
  await clearUp(folder);
  expect(readdirSync(folder).sort()).toEqual(["access.log.1", "supervisor.json"]);
  rmSync(folder, { recursive: true });
});
