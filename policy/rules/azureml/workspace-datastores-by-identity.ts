import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** With `AccessKey`, the default, the workspace keeps an account key in its vault and hands it out. */
export const workspaceDatastoresByIdentity: ResourceRule = {
  id: "workspace-datastores-by-identity",
  title: "The workspace reaches its storage by identity",
  severity: "mandatory",
  targets: BOTH,
  references: {
    other: ['Azure ML, "Disable shared key access for a workspace\'s storage account"'],
  },
  sees: "resource",
  types: ["azure-native:machinelearningservices:Workspace"],
  check: ({ inputs }) => mustBe(inputs, "systemDatastoresAuthMode", "Identity"),
};
