import { join } from "node:path";
import type { StackSettings } from "../local/settings";
import { runOnStandIn, type StandInRun } from "../local/standIn";
import type { StoredResource } from "../local/state";
import { plainInputs, revealed } from "../local/values";

export const ENDPOINT_DIRECTORY = join(__dirname, "fixtures", "endpoint");
export const SUBSCRIPTION = "11111111-2222-3333-4444-555555555555";
export const DEPLOYER = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";

/** Settings of a sandbox as the engine passes them on; each test changes what it is about. */
export function sandboxSettings(changes: Record<string, unknown> = {}): StackSettings {
  const settings: Record<string, unknown> = {
    target: "sandbox",
    subscription: { id: SUBSCRIPTION, name: "Test" },
    resourceGroup: { name: "rg" },
    location: "canadacentral",
    workload: "flood",
    endpointDirectory: ENDPOINT_DIRECTORY,
    tags: { owner: "tests" },
    deployers: [{ objectId: DEPLOYER, principalType: "Group" }],
    ...changes,
  };
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [
        `mlscore:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
  );
}

export function sandboxRun(
  changes: Record<string, unknown> = {},
  prior: readonly StoredResource[] = [],
): Promise<StandInRun> {
  return runOnStandIn("sandbox", sandboxSettings(changes), prior);
}

/** Inputs of the one resource of a type with this logical name. */
export function inputsOf(run: StandInRun, type: string, name: string): Record<string, unknown> {
  const found = run.resources.filter(
    (resource) => resource.type === `azure-native:${type}` && resource.name === name,
  );
  if (found.length !== 1) throw new Error(`${found.length} resources ${type} ${name}`);
  return plainInputs(found[0]!.inputs, revealed);
}

/** Logical names of all resources of a type, sorted. */
export function namesOf(run: StandInRun, type: string): string[] {
  return run.resources
    .filter((resource) => resource.type.endsWith(type))
    .map(({ name }) => name)
    .sort();
}
