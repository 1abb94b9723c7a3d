import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { PROJECT_DIRECTORY } from "../../projectDirectory";
import { readStackSettings } from "../../graph/settings";
import { stacksIn } from "../../policy/stacks";
import { MARKS, currentStateText, withCurrentState } from "../../review/currentState";
import { currentStack } from "../../review/currentStateDocument";
import { evaluatedWith } from "./graphs";

/** docs/infra-review.md against the stacks of this repository. It does not prove that Azure is as they declare. */

const FILE = join(PROJECT_DIRECTORY, "docs", "infra-review.md");

describe("the current state", () => {
  it("are what the stacks say; else: npm run review -- --current-state docs/infra-review.md", async () => {
    const stacks = [];
    for (const stack of stacksIn(PROJECT_DIRECTORY)) {
      stacks.push(currentStack(stack, await evaluatedWith(stack, readStackSettings(stack))));
    }
    expect(stacks.map(({ stack }) => stack)).toEqual(["production", "sandbox"]);
    const document = readFileSync(FILE, "utf8");
    expect(document).toBe(withCurrentState(document, currentStateText(stacks)));
  });

  it("leave what people wrote around them", () => {
    const document = `a\n${MARKS.begin}\nold\n${MARKS.end}\nz\n`;
    expect(withCurrentState(document, "new")).toBe(`a\n${MARKS.begin}\n\nnew\n\n${MARKS.end}\nz\n`);
    expect(() => withCurrentState("no marks", "new")).toThrow("the marks are missing");
  });
});
