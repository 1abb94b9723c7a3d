import { describe, expect, it } from "@jest/globals";
import { allNodes } from "../../review/topology/model";
import { topologyOf } from "../../review/topology/draw";
import { PRIVATE_BOTH_WAYS, PRIVATE_INBOUND } from "../stacks";
import { reviewed, sandbox } from "./graphs";

// What the drawing says of each level of a sandbox's network; that it can be read is proved by page.test.ts.

async function drawn(network: Record<string, unknown>) {
  const topology = topologyOf(reviewed("sandbox", { kind: "absent" }, await sandbox({ network })));
  if (topology === undefined) throw new Error("nothing is drawn");
  const nodes = allNodes(topology.nodes);
  const isOpen = ({ note = "" }: { readonly note?: string }) => note.split(", ").includes("public");
  return {
    nodes,
    open: nodes.filter(isOpen).map(({ kind }) => kind),
    internet: nodes.filter(({ name }) => name === "internet").length,
    others: JSON.stringify(topology.others),
  };
}

describe("the drawing of a sandbox", () => {
  it("at the open level marks what is public, and the requests from the internet", async () => {
    const { open, internet } = await drawn({ isolationMode: "AllowInternetOutbound" });
    expect(open.sort()).toEqual([
      "Azure ML workspace",
      "container registry",
      "key vault",
      "storage account",
    ]);
    expect(internet).toBe(1);
  });

  it.each([
    ["privateInbound", PRIVATE_INBOUND, "network: AllowInternetOutbound"],
    ["privateBothWays", PRIVATE_BOTH_WAYS, "network: AllowOnlyApprovedOutbound"],
  ])("at the level %s has nothing public, and the way in", async (_level, network, mode) => {
    const { nodes, open, internet } = await drawn(network);
    expect(open).toEqual([]);
    expect(internet).toBe(0);
    const subnet = nodes.find(({ kind }) => kind === "subnet");
    expect(subnet?.children.map(({ note }) => note).toSorted()).toEqual([
      "amlworkspace",
      "blob",
      "file",
      "registry",
      "vault",
    ]);
    const zones = nodes.find(({ kind }) => kind === "private DNS");
    expect(zones?.children).toHaveLength(6);
    const workspace = nodes.find(({ kind }) => kind === "Azure ML workspace");
    expect(workspace?.note).toBe(mode);
    expect(workspace?.children.map(({ kind }) => kind)).toContain("compute cluster");
  });
});
