import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { azurePlace } from "../../emulator/azurePlace";
import { sandboxSettings } from "../stacks";
import { Engine, hasEngine } from "./engine";

/**
 * A sandbox in an existing workspace, on the real Pulumi engine with the emulator as its provider: by the recorded calls,
 * nothing of theirs is writes. Does not prove that Azure lets the identity read the workspace.
 */

(hasEngine() ? describe : describe.skip)("an existing workspace on the real engine", () => {
  const settings = sandboxSettings({
    workspace: { name: "mlw-team", resourceGroup: "rg-ml" },
    protect: "false",
  });
  const place = azurePlace(settings);
  const engine = new Engine(place);
  const theirs = place.found?.map(({ id }) => id.toLowerCase()) ?? [];

  /** Writes since the last call of this function: all of it, and what of that is theirs. */
  const writes = () => {
    const paths = engine
      .calls()
      .filter((call) => !call.startsWith("GET "))
      .map((call) => call.slice(call.indexOf(" ") + 1).toLowerCase());
    return { count: paths.length, ofTheirs: paths.filter((path) => theirs.includes(path)) };
  };

  beforeAll(() => {
    engine.init("sandbox", settings);
  });
  afterAll(() => {
    engine.dispose();
  });

  it("has a workspace, a storage account, a vault and a registry that are theirs", () => {
    expect(theirs).toHaveLength(4);
  });

  it("writes nothing of theirs in a preview, an update, a refresh and a destroy", () => {
    expect(engine.preview("sandbox").filter((one) => !one.startsWith("create "))).toEqual([]);
    expect(writes()).toEqual({ count: 0, ofTheirs: [] });
    engine.up("sandbox");
    const updated = writes();
    expect(updated.ofTheirs).toEqual([]);
    expect(updated.count).toBeGreaterThan(10);
    expect(engine.preview("sandbox")).toEqual([]);
    engine.refresh("sandbox");
    expect(writes().ofTheirs).toEqual([]);
    engine.destroy("sandbox");
    const destroyed = writes();
    expect(destroyed.ofTheirs).toEqual([]);
    expect(destroyed.count).toBeGreaterThan(10);
  });

  it("refuses to make a stack with a workspace of its own out of it, and plans nothing", () => {
    engine.up("sandbox");
    engine.configure("sandbox", sandboxSettings({ protect: "false" }));
    expect(engine.refusal("sandbox")).toMatch(
      /workspace: is "\(created by the stack\)"; this stack was created with "rg-ml\/mlw-team"/,
    );
  });
});
