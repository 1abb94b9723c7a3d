/** What of an endpoint cannot change: its region, its authentication mode and its identity. */
import { z } from "zod";
import { regionName } from "../../graph/sameText";
import { Refusal } from "../azure/refusal";
import type { ArmDocument, ArmIdentity, DesiredEndpoint } from "./backend";

export const identitySchema = z.looseObject({
  type: z.string(),
  userAssignedIdentities: z.record(z.string(), z.unknown()).nullish(),
});

/** @throws Refusal that names all that would change */
export function assertUnchanged(current: ArmDocument, desired: DesiredEndpoint): void {
  const changed = [
    ...(regionName(current.location) === regionName(desired.location) ? [] : ["location"]),
    ...(current.properties["authMode"] === desired.properties["authMode"]
      ? []
      : ["properties.authMode"]),
    ...(desired.identity === undefined || sameIdentity(current.identity, desired.identity)
      ? []
      : ["identity"]),
  ];
  if (changed.length > 0) {
    throw new Refusal(
      "PropertyChangeNotAllowed",
      `${changed.join(", ")} of ${current.id} cannot change`,
      "endpoint-immutable",
    );
  }
}

function sameIdentity(current: ArmIdentity | undefined, desired: ArmIdentity): boolean {
  const ids = (identity: ArmIdentity | undefined) =>
    Object.keys(identity?.userAssignedIdentities ?? {})
      .map((id) => id.toLowerCase())
      .sort()
      .join();
  const types = (identity: ArmIdentity | undefined) =>
    (identity?.type ?? "None").toLowerCase().replaceAll(" ", "");
  return types(current) === types(desired) && ids(current) === ids(desired);
}

export function asIdentity({
  type,
  userAssignedIdentities,
}: z.output<typeof identitySchema>): ArmIdentity {
  return userAssignedIdentities == null ? { type } : { type, userAssignedIdentities };
}
