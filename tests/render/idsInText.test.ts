import { describe, expect, it } from "@jest/globals";
import { withIdsInText } from "../../render/idsInText";

const GROUP = "/subscriptions/0-1/resourceGroups/rg";
const KNOWN: Readonly<Record<string, string>> = {
  [`${GROUP}/providers/Microsoft.X/things/a`]: "[resourceId('Microsoft.X/things', 'a')]",
  [GROUP]: "[resourceGroup().id]",
};
const expression = (text: string) => withIdsInText(text, (id) => KNOWN[id]);

describe("ids within a text", () => {
  it("become expressions between the rest of it, with quotation marks doubled", () => {
    expect(expression(`it's "${GROUP}/providers/Microsoft.X/things/a" of ${GROUP}, no more`)).toBe(
      `[concat('it''s "', resourceId('Microsoft.X/things', 'a'), '" of ', resourceGroup().id, ', no more')]`,
    );
  });

  it("stay as they are where they are not known, beside one that is", () => {
    expect(expression(`x ${GROUP}/providers/Microsoft.X/things/b ${GROUP}`)).toBe(
      `[concat('x ', '${GROUP}/providers/Microsoft.X/things/b', ' ', resourceGroup().id)]`,
    );
  });

  it.each([
    ["no id", "nothing"],
    ["an id alone", GROUP],
    ["an unknown id", `x ${GROUP}/providers/Microsoft.X/things/b`],
    ["an address of Azure ML", `azureml:/${GROUP}/workspaces/w`],
  ])("are none in %s", (_, text) => {
    expect(expression(text)).toBeUndefined();
  });
});
