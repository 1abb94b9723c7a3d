import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** Local users of SFTP have passwords or keys of their own, outside Entra ID. */
export const storageLocalUsersOff: ResourceRule = {
  id: "storage-local-users-off",
  title: "Storage has no users of its own",
  severity: "mandatory",
  targets: BOTH,
  references: {
    other: ['Azure Storage, "SSH File Transfer Protocol (SFTP) support", local users'],
  },
  sees: "resource",
  types: ["azure-native:storage:StorageAccount"],
  check: ({ inputs }) => mustBe(inputs, "isLocalUserEnabled", false),
};
