import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ENDPOINT_DIRECTORY, productionSettings, sandboxSettings } from "../stacks";
import { Engine, hasEngine } from "./engine";

/** A refresh when nobody has changed anything. Proves nothing of what Azure answers beyond what the emulator knows. */

(hasEngine() ? describe : describe.skip)("a refresh right after an update", () => {
  const engine = new Engine();
  const endpoint = join(engine.home, "endpoint");
  const settings = { endpointDirectory: endpoint, protect: "false" };
  /** The kinds of results that a refresh counts at its end, and the resources that are not the same. */
  const refreshed = (stack: string) => {
    const text = engine.refresh(stack);
    const [details = "", counts = ""] = text.split(/^Resources:$/m);
    return {
      counted: [...counts.matchAll(/^ +[~+-]? *\d+ (\w+)$/gm)].map(([, kind]) => kind),
      changed: [...details.matchAll(/: \((?!same)\w+\)\n(?: +\[id=.*\n)? +\[urn=.*::(.+)\]/g)]
        .map(([, name]) => name)
        .sort(),
    };
  };

  beforeAll(() => {
    cpSync(ENDPOINT_DIRECTORY, endpoint, { recursive: true });
    engine.init("sandbox", sandboxSettings(settings));
    engine.up("sandbox");
  });
  afterAll(() => {
    engine.dispose();
  });

  it("reports no change of the sandbox, though the update has changed the stack's own outputs", () => {
    expect(refreshed("sandbox")).toEqual({ counted: ["unchanged"], changed: [] });
  });

  it("reports of production what AKS answers of its pools alone (docs/decisions/0009)", () => {
    engine.age("sandbox", "2024-01-01T00:00:00Z");
    engine.init("production", productionSettings(settings));
    engine.up("production");
    expect(refreshed("production")).toEqual({
      counted: ["updated", "unchanged"],
      changed: ["cluster", "gateway-api"],
    });
  });
});
