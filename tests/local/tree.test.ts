import { describe, expect, it } from "@jest/globals";
import type { Change } from "../../graph/changes";
import type { DeclaredResource } from "../../graph/program";
import { changeSummary, resourceTree } from "../../local/tree";

function resource(name: string, type: string, parent?: string): DeclaredResource {
  return {
    urn: name,
    name,
    type,
    parent,
    custom: !type.startsWith("mlscore:"),
    dependencies: [],
    protect: false,
    ignoreChanges: [],
    secretOutputs: [],
    inputs: {},
  };
}

const resources = [
  resource("assets", "mlscore:assets:Assets"),
  resource("code", "azure-native:x:Upload", "assets"),
  resource("logs", "mlscore:observability:Observability"),
  resource("workspace", "azure-native:x:Workspace", "logs"),
];
const change = (op: Change["op"], type: string, name: string): Change => ({
  op,
  type,
  name,
  properties: [],
});

describe("resourceTree", () => {
  it("shows parents and lists what went", () => {
    const changes = [
      change("create", "azure-native:x:Upload", "code"),
      change("update", "azure-native:x:Workspace", "workspace"),
      change("delete", "azure-native:x:Old", "old"),
    ];
    expect(resourceTree(resources, changes)).toBe(
      [
        "├─   Assets assets",
        "│  └─ + Upload code",
        "└─   Observability logs",
        "   └─ ~ Workspace workspace",
        "- Old old",
      ].join("\n"),
    );
  });

  it("leaves out the branches that stay as they are", () => {
    const changes = [change("replace", "azure-native:x:Workspace", "workspace")];
    expect(resourceTree(resources, changes)).toBe(
      ["└─   Observability logs", "   └─ ± Workspace workspace"].join("\n"),
    );
  });
});

describe("changeSummary", () => {
  it("counts each kind of change once and leaves out those that did not happen", () => {
    const changes = [
      change("same", "t", "a"),
      change("same", "t", "b"),
      change("update", "t", "c"),
      change("delete", "t", "d"),
    ];
    expect(changeSummary(changes)).toBe("1 updated, 1 deleted, 2 unchanged");
  });
});
