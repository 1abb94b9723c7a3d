import { beforeAll, describe, expect, it } from "@jest/globals";
import type { EmulatorRun } from "../../emulator/onEmulator";
import { CALLER, CALLERS, entraEndpointDirectory } from "../callers";
import { inputsOf, namesOf, sandboxRun, SUBSCRIPTION } from "../stacks";

/** Who may score. Does not prove that Azure lets in those who have the role, or that the role suffices. */

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const OTHER = "dddddddd-bbbb-cccc-dddd-eeeeeeeeeeee";
const callers = [...CALLERS, { objectId: OTHER, principalType: "Group" }];

const run = (changes: object) =>
  sandboxRun({ callers, endpointDirectory: entraEndpointDirectory(), ...changes });
const endpointId = (created: EmulatorRun) =>
  created.stored.find(({ type }) => type.endsWith(":OnlineEndpoint"))?.id;
const rolesIn = (created: EmulatorRun) =>
  namesOf(created, "azure-native:authorization:RoleDefinition");

describe("a stack with callers", () => {
  let created: EmulatorRun;
  beforeAll(async () => {
    created = await run({});
  });

  it("makes one role that allows to score and nothing else, in the endpoint's group", () => {
    expect(inputsOf(created, "authorization:RoleDefinition", "endpoint-caller-role")).toEqual({
      roleDefinitionId: expect.stringMatching(GUID),
      roleName: expect.stringMatching(/^Caller of the online endpoint flood-[0-9a-f]{6}$/),
      roleType: "CustomRole",
      description: "Sends scoring requests to the online endpoint, and nothing else.",
      scope: GROUP,
      assignableScopes: [GROUP],
      permissions: [
        {
          actions: ["Microsoft.MachineLearningServices/workspaces/onlineEndpoints/score/action"],
          notActions: [],
          dataActions: [],
          notDataActions: [],
        },
      ],
    });
  });

  it("grants it to each caller, on the endpoint alone", () => {
    const role = inputsOf(created, "authorization:RoleDefinition", "endpoint-caller-role");
    const grant = (name: string) => inputsOf(created, "authorization:RoleAssignment", name);
    const common = {
      roleAssignmentName: expect.stringMatching(GUID),
      roleDefinitionId: `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${String(role["roleDefinitionId"])}`,
      scope: endpointId(created),
    };
    expect(grant(`endpoint-caller-${CALLER}`)).toEqual({
      ...common,
      principalId: CALLER,
      principalType: "ServicePrincipal",
      description: "the dashboard",
    });
    expect(grant(`endpoint-caller-${OTHER}`)).toEqual({
      ...common,
      principalId: OTHER,
      principalType: "Group",
    });
  });
});

it("makes no role where one is named, and grants that", async () => {
  const callerRole = "F6C7C914-8DB3-469D-8CA1-694A8F32E121";
  const created = await run({ callerRole });
  expect(rolesIn(created)).toEqual([]);
  const { roleDefinitionId } = inputsOf(
    created,
    "authorization:RoleAssignment",
    `endpoint-caller-${CALLER}`,
  );
  expect(String(roleDefinitionId).split("/").at(-1)).toBe(callerRole.toLowerCase());
});

it("makes no role without callers", async () => {
  expect(rolesIn(await run({ callers: [] }))).toEqual([]);
});

it("makes the role in the group of an existing workspace, where the endpoint lies", async () => {
  const workspace = { name: "team", resourceGroup: "team-group" };
  const created = await run({ workspace });
  const group = `/subscriptions/${SUBSCRIPTION}/resourceGroups/team-group`;
  expect(inputsOf(created, "authorization:RoleDefinition", "endpoint-caller-role")).toMatchObject({
    scope: group,
    assignableScopes: [group],
  });
  expect(endpointId(created)?.startsWith(`${group}/`)).toBe(true);
});
