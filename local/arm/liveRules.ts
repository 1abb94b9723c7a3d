/** What cannot be written to an endpoint that runs on this machine: everything that its YAML declares. */
import { changedProperties } from "../../graph/changes";
import { valueAt, type Inputs } from "../../graph/paths";
import { Refusal } from "../../emulator/azure/refusal";
import type { ArmDocument, DesiredDeployment, DesiredEndpoint } from "../../emulator/arm/backend";
import { nameOf } from "../../emulator/arm/paths";

/** Properties that the server sets; clients cannot write them. */
const COMPUTED = ["traffic", "mirrorTraffic", "scoringUri", "swaggerUri", "provisioningState"];

/** Refuses what only the declaration can change, and says how. */
export function declaredOnly(what: string): Refusal {
  return new Refusal(
    "BadRequest",
    `${what}: the local endpoint runs what is declared. Change the YAML and run: npm run local -- up`,
    "emulator-limit",
  );
}

/** @throws Refusal when the request changes more of the endpoint than its split and its tags */
export function assertOnlySplitAndTags(current: ArmDocument, desired: DesiredEndpoint): void {
  const before = { publicNetworkAccess: "Enabled", ...without(current.properties, COMPUTED) };
  const after = { publicNetworkAccess: "Enabled", ...desired.properties };
  refuseChanges(`of the endpoint ${current.name} cannot change here`, before, after);
}

/** @throws Refusal when the request differs from the running deployment */
export function assertSameDeployment(
  id: string,
  current: ArmDocument | undefined,
  desired: DesiredDeployment,
): void {
  if (current === undefined)
    throw declaredOnly(`the deployment ${nameOf(id)} cannot be created here`);
  refuseChanges(
    `of the deployment ${current.name} cannot change here`,
    {
      capacity: current.sku?.["capacity"],
      tags: current.tags,
      ...without(current.properties, COMPUTED),
    },
    { capacity: desired.sku?.["capacity"], tags: desired.tags, ...desired.properties },
  );
}

function refuseChanges(what: string, before: Inputs, after: Inputs): void {
  const changed = changedProperties(before, after).filter(
    (path) => !isEmpty(valueAt(before, path)) || !isEmpty(valueAt(after, path)),
  );
  if (changed.length > 0) throw declaredOnly(`${changed.join(", ")} ${what}`);
}

/** A mapping without entries says as much as none. */
function isEmpty(value: unknown): boolean {
  return value == null || (typeof value === "object" && Object.keys(value).length === 0);
}

function without(properties: Inputs, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));
}
