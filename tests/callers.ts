import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENDPOINT_DIRECTORY } from "./stacks";

export const CALLER = "cccccccc-bbbb-cccc-dddd-eeeeeeeeeeee";
export const CALLERS = [
  { objectId: CALLER, principalType: "ServicePrincipal", note: "the dashboard" },
];

/** A copy of the tests' endpoint whose callers have tokens of Entra. */
export function entraEndpointDirectory(): string {
  const directory = join(mkdtempSync(join(tmpdir(), "entra-endpoint-")), "endpoint");
  cpSync(ENDPOINT_DIRECTORY, directory, { recursive: true });
  const file = join(directory, "endpoint.yml");
  writeFileSync(file, readFileSync(file, "utf8").replace("auth_mode: key", "auth_mode: aad_token"));
  return directory;
}
