import { expect, it } from "@jest/globals";
import type { CreatedResource } from "../../graph/graph";
import { callersOf } from "../../local/callers";
import { CALLER } from "../callers";

const ENDPOINT = "/subscriptions/s/resourceGroups/g/providers/N/workspaces/w/onlineEndpoints/e";

function assignment(scope: string): CreatedResource {
  const token = "azure-native:authorization:RoleAssignment";
  const inputs = { scope, principalId: CALLER, principalType: "User" };
  return { token, id: `${scope}/roleAssignments/a`, inputs, outputs: {} };
}

it("callers are those with a role on the endpoint, whatever the case of its id", () => {
  const caller = { objectId: CALLER, principalType: "User" };
  expect(callersOf(ENDPOINT, [assignment(ENDPOINT.toUpperCase())])).toEqual([caller]);
  const elsewhere = [`${ENDPOINT}2`, `${ENDPOINT}/deployments/d`, "/subscriptions/s"];
  expect(callersOf(ENDPOINT, elsewhere.map(assignment))).toEqual([]);
});
