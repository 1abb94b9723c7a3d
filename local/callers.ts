import type { CreatedResource } from "../graph/graph";
import { sameText } from "../graph/sameText";
import { textAt } from "../graph/paths";
import type { CallerSpec } from "./endpoint";

const ASSIGNMENT = "azure-native:authorization:RoleAssignment";

/**
 * Who has a role on the endpoint itself. Every role that the program grants there lets one score; those on the workspace or above
 * belong to people who are not callers of this machine's endpoint.
 */
export function callersOf(endpointId: string, resources: readonly CreatedResource[]): CallerSpec[] {
  return resources
    .filter(({ token, inputs }) => {
      return token === ASSIGNMENT && sameText(textAt(inputs, "scope"), endpointId);
    })
    .map(({ inputs }) => ({
      objectId: textAt(inputs, "principalId"),
      principalType: textAt(inputs, "principalType") as CallerSpec["principalType"],
    }));
}
