import { describe, expect, it } from "@jest/globals";
import { azurePlace } from "../../emulator/azurePlace";
import { sandboxSettings } from "../stacks";

describe("azurePlace", () => {
  it.each([
    [{ name: "rg" }, { name: "mlw-team" }],
    ["rg", "mlw-team"],
  ])("has the group and the workspace that %j and %j name", (resourceGroup, workspace) => {
    const { resourceGroups, found } = azurePlace(sandboxSettings({ resourceGroup, workspace }));
    expect(new Set(resourceGroups)).toEqual(new Set(["rg"]));
    const names = found?.map(({ outputs }) => outputs["name"]).filter((name) => name !== undefined);
    expect(names).toEqual(["mlw-team"]);
  });

  it("has no group that the stack makes", () => {
    const created = sandboxSettings({ resourceGroup: { name: "rg", create: true } });
    expect(azurePlace(created).resourceGroups).toEqual([]);
  });
});
