import { describe, expect, it } from "@jest/globals";
import { roleDefinitionIds } from "../../components/roleDefinitions";
import { generatedGuid } from "../../emulator/azure/outputs";
import type { Resource } from "../../review/model";
import { accessSection } from "../../review/sections/access";
import { change, resource, SCOPE, told } from "./smallStack";

/** Access, in exact words. It does not prove what Azure's roles can do. */

const identity = resource("managedidentity:UserAssignedIdentity", "scorer");
const account = resource("storage:StorageAccount", "files");
const container = resource(
  "storage:BlobContainer",
  "features",
  {},
  {
    id: `${account.id ?? ""}/blobServices/default/containers/features`,
  },
);
const others = [identity, account, container];

const READER = roleDefinitionIds["Storage Blob Data Reader"];
const WRITER = roleDefinitionIds["Storage Blob Data Contributor"];

function grant(
  roleId: string,
  scope: string | undefined,
  more: Partial<Resource["inputs"]> = {},
): Resource {
  return resource("authorization:RoleAssignment", "grant", {
    principalId: generatedGuid(identity.id ?? "", "principalId"),
    principalType: "ServicePrincipal",
    roleDefinitionId: `/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/${roleId}`,
    scope,
    ...more,
  });
}

function toldOf(before: readonly Resource[], after: readonly Resource[]): string[] {
  return told(accessSection(change([...others, ...before], [...others, ...after])));
}

describe("a role", () => {
  it("that is new is to be looked at, with the identity, the role and the thing by their names", () => {
    expect(toldOf([], [grant(READER, container.id)])).toEqual([
      "review: Role: managed identity scorer gets Storage Blob Data Reader on blob container features",
    ]);
  });

  it("that is as before is no news", () => {
    const same = grant(READER, container.id);
    expect(toldOf([same], [same])).toEqual([]);
  });

  it("that is taken away is good to know", () => {
    expect(toldOf([grant(READER, container.id)], [])).toEqual([
      "note: managed identity scorer loses Storage Blob Data Reader on blob container features",
    ]);
  });

  it("that can do more is wider", () => {
    expect(toldOf([grant(READER, container.id)], [grant(WRITER, container.id)])).toEqual([
      "blocking: Wider role: managed identity scorer gets Storage Blob Data Contributor on blob container features (was Storage Blob Data Reader on blob container features)",
    ]);
  });

  it("that can do less is not", () => {
    expect(toldOf([grant(WRITER, container.id)], [grant(READER, container.id)])).toEqual([
      "review: Role: managed identity scorer gets Storage Blob Data Reader on blob container features (was Storage Blob Data Contributor on blob container features)",
    ]);
  });

  it("on more than before is wider, also by another assignment", () => {
    const before = grant(READER, container.id);
    const after = { ...grant(READER, account.id), name: "other" };
    expect(toldOf([before], [after])).toEqual([
      "blocking: Wider role: managed identity scorer gets Storage Blob Data Reader on storage account files (was Storage Blob Data Reader on blob container features)",
    ]);
  });

  it("on a whole group or subscription is wide by itself", () => {
    expect(toldOf([], [grant(READER, "/subscriptions/s/resourceGroups/rg")])).toEqual([
      "blocking: Wider role: managed identity scorer gets Storage Blob Data Reader on the whole resource group rg",
    ]);
    expect(toldOf([], [grant(READER, "/subscriptions/s")])).toEqual([
      "blocking: Wider role: managed identity scorer gets Storage Blob Data Reader on the whole subscription s",
    ]);
  });

  it("that can grant roles, or that nobody has looked at, is wide by itself", () => {
    const owner = grant("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", account.id);
    expect(toldOf([], [owner])).toEqual([
      "blocking: Wider role: managed identity scorer gets Owner on storage account files",
    ]);
    expect(toldOf([], [grant("99999999-0000-0000-0000-000000000000", account.id)])).toEqual([
      "blocking: Wider role: managed identity scorer gets role 99999999-0000-0000-0000-000000000000 on storage account files",
    ]);
  });

  it("of somebody else names who by the object id, and a thing of others by its id's end", () => {
    const hub = `${SCOPE}Microsoft.Network/virtualNetworks/vnet-hub`;
    const group = grant(READER, hub, { principalId: "abc", principalType: "Group" });
    expect(toldOf([], [group])).toEqual([
      "review: Role: group abc gets Storage Blob Data Reader on virtualNetworks/vnet-hub",
    ]);
  });

  it("is found by what the engine knows where ids are not known yet", () => {
    const unknown = {
      ...grant(READER, "unknown", { principalId: "unknown" }),
      sources: { principalId: [identity.urn], scope: [container.urn] },
    };
    expect(toldOf([], [unknown])).toEqual([
      "review: Role: managed identity scorer gets Storage Blob Data Reader on blob container features",
    ]);
  });
});

describe("a federated credential", () => {
  it("tells which pods become the identity", () => {
    const credential = resource("managedidentity:FederatedIdentityCredential", "c", {
      resourceName: "id-scorer",
      subject: "system:serviceaccount:flood:scoring",
    });
    expect(toldOf([], [credential])).toEqual([
      "review: Identity: system:serviceaccount:flood:scoring acts as id-scorer",
    ]);
    expect(toldOf([credential], [credential])).toEqual([]);
  });
});
