import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readEndpointFile } from "../../../config/azureml";
import { ENDPOINT, folderWith, lines } from "./harness";

const IDENTITY =
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/u";

function read(text: string) {
  const folder = folderWith({ "e.yml": text });
  const result = readEndpointFile(path.join(folder, "e.yml"));
  return { ...result, said: lines(result.problems, folder), file: path.join(folder, "e.yml") };
}

describe("a sound endpoint file", () => {
  it("gives the documented defaults", () => {
    const { value, problems, file } = read("name: flood\nauth_mode: key\n");
    expect(problems).toEqual([]);
    expect(value).toEqual({
      file,
      name: "flood",
      authMode: "Key",
      publicNetworkAccess: "Enabled",
      tags: {},
      properties: {},
    });
  });

  it("may use every key there is", () => {
    const { value, problems, file } =
      read(`$schema: https://example.com/managedOnlineEndpoint.schema.json
name: flood
description: Floods
tags: { team: water }
properties: { p: v }
auth_mode: aad_token
identity:
  type: user_assigned
  user_assigned_identities:
    - resource_id: ${IDENTITY}
      client_id: c
traffic: { blue: 100 }
mirror_traffic: { green: 10 }
public_network_access: disabled
`);
    expect(problems).toEqual([]);
    expect(value).toEqual({
      file,
      name: "flood",
      description: "Floods",
      authMode: "AADToken",
      identity: { type: "UserAssigned", resourceIds: [IDENTITY] },
      publicNetworkAccess: "Disabled",
      tags: { team: "water" },
      properties: { p: "v" },
      traffic: { blue: 100 },
      mirrorTraffic: { green: 10 },
    });
  });

  it.each([
    ["Key", "Key"],
    ["aml_token", "AMLToken"],
    ["AMLToken", "AMLToken"],
    ["AADToken", "AADToken"],
  ])("takes auth_mode %s, in any of the CLI's spellings", (spelling, authMode) => {
    expect(read(`name: flood\nauth_mode: ${spelling}\n`).value).toMatchObject({ authMode });
  });

  it("takes an identity as the bare id too, and a system-assigned one", () => {
    const bare = `name: flood\nauth_mode: key\nidentity: {type: UserAssigned, user_assigned_identities: ["${IDENTITY}"]}\n`;
    expect(read(bare).value?.identity).toEqual({
      type: "UserAssigned",
      resourceIds: [IDENTITY],
    });
    const system = "name: flood\nauth_mode: key\nidentity: {type: system_assigned}\n";
    expect(read(system).value?.identity).toEqual({ type: "SystemAssigned" });
  });
});

describe("one thing changed in a sound endpoint file", () => {
  it.each([
    [
      "compute: azureml:c",
      "error e.yml:5 compute: names a Kubernetes compute target; this project deploys managed online endpoints, which have none: remove the key",
    ],
    [
      "defaults: {deployment_name: blue}",
      'error e.yml:5 defaults: is a key of batch endpoints; an online endpoint chooses its deployment with "traffic"',
    ],
    [
      "auth_mode: password",
      'error e.yml:5 auth_mode: is "password"; must be one of key, aml_token, aad_token',
    ],
    ["authmode: key", 'error e.yml:5 authmode: is not a known key; did you mean "auth_mode"?'],
    [
      "public_network_access: off",
      "error e.yml:5 public_network_access: is off; must be one of enabled, disabled",
    ],
    [
      "mirror_traffic: {green: 51}",
      "error e.yml:5 mirror_traffic.green: is 51; must be a whole number from 0 to 50 (percent of the requests; Azure mirrors half at most)",
    ],
    [
      "mirror_traffic: green",
      'error e.yml:5 mirror_traffic: is "green"; must be a mapping of keys and values',
    ],
    [
      "scoring_uri: https://x.example.com",
      "warning e.yml:5 scoring_uri: is what Azure reports, not a setting; it is ignored",
    ],
    [
      "identity: {type: none}",
      'error e.yml:5 identity.type: is "none"; an online endpoint always has an identity: system_assigned or user_assigned',
    ],
    [
      "identity: {type: user_assigned}",
      "error e.yml:5 identity.user_assigned_identities: is missing; type user_assigned needs one, as - resource_id: /subscriptions/…",
    ],
    [
      "identity: {type: user_assigned, user_assigned_identities: me}",
      'error e.yml:5 identity.user_assigned_identities: is "me"; must be a list (items begin with "- ")',
    ],
    [
      "identity: {type: user_assigned, user_assigned_identities: [me]}",
      'error e.yml:5 identity.user_assigned_identities.0: is "me"; the ARM id of a user-assigned identity has the form /subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.ManagedIdentity/userAssignedIdentities/<name>',
    ],
    [
      "identity: {type: user_assigned, user_assigned_identities: [{client_id: c}]}",
      "error e.yml:5 identity.user_assigned_identities.0.resource_id: is missing; must be the ARM id of a user-assigned identity",
    ],
    [
      `identity: {type: user_assigned, user_assigned_identities: ["${IDENTITY}", "${IDENTITY}"]}`,
      "error e.yml:5 identity.user_assigned_identities: has 2 identities; an online endpoint takes one",
    ],
    [
      `identity: {type: system_assigned, user_assigned_identities: ["${IDENTITY}"]}`,
      'error e.yml:5 identity.user_assigned_identities: is given although "type" is system_assigned; make it user_assigned, or remove this',
    ],
  ])("%s is told exactly", (line, expected) => {
    const { said, value } = read(`${ENDPOINT}${line}\n`);
    expect(said).toEqual([expected]);
    expect(value === undefined).toBe(expected.startsWith("error "));
  });

  it.each([
    [
      "blue: 100",
      "blue: 101",
      "error e.yml:4 traffic.blue: is 101; must be a whole number from 0 to 100 (percent of the requests)",
    ],
    [
      "blue: 100",
      "blue: 99.5",
      "error e.yml:4 traffic.blue: is 99.5; must be a whole number from 0 to 100 (percent of the requests)",
    ],
    [
      "blue: 100",
      "blue: 100%",
      'error e.yml:4 traffic.blue: is "100%"; must be a whole number from 0 to 100 (percent of the requests)',
    ],
    [
      "blue: 100",
      "blue:",
      "error e.yml:4 traffic.blue: has no value; must be a whole number from 0 to 100 (percent of the requests)",
    ],
    ["name: flood\n", "", "error e.yml:1 name: is missing; must be the endpoint's name"],
    [
      "name: flood",
      "name: ${ENDPOINT}",
      'error e.yml:2 name: is the placeholder "${ENDPOINT}"; put the endpoint\'s name here',
    ],
    [
      "managedOnlineEndpoint",
      "managedOnlineDeployment",
      'error e.yml:1 $schema: is "https://azuremlschemas.azureedge.net/latest/managedOnlineDeployment.schema.json"; did you mean "…/managedOnlineEndpoint.schema.json"?',
    ],
    [
      "managedOnlineEndpoint",
      "managedOnlineEndpiont",
      'error e.yml:1 $schema: is "https://azuremlschemas.azureedge.net/latest/managedOnlineEndpiont.schema.json"; did you mean "…/managedOnlineEndpoint.schema.json"?',
    ],
    [
      "managedOnlineEndpoint",
      "batchEndpoint",
      "error e.yml:1 is something else, not a managed online endpoint",
    ],
  ])("%j replaced by %j is told exactly", (from, to, expected) => {
    const { said, value } = read(ENDPOINT.replace(from, () => to));
    expect(said).toEqual([expected]);
    expect(value).toBeUndefined();
  });
});
