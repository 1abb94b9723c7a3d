import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { azurePlace } from "../../emulator/azurePlace";
import { PRIVATE_BOTH_WAYS, PRIVATE_INBOUND, sandboxSettings } from "../stacks";
import { Engine, hasEngine } from "./engine";

/**
 * The levels of a sandbox's network on the real Pulumi engine, with the emulator as its provider: a level goes up in place,
 * and never down. Does not prove that Azure takes each step, nor that names resolve.
 */

(hasEngine() ? describe : describe.skip)("the levels of a sandbox on the real engine", () => {
  const settings = (network: Record<string, unknown>) =>
    sandboxSettings({ network, protect: "false" });
  const open = settings({ isolationMode: "AllowInternetOutbound" });
  const engine = new Engine(azurePlace(open));

  /** Operations of the next update, without what stays; by operation. */
  const steps = (): Record<string, string[]> => {
    const found: Record<string, string[]> = {};
    for (const step of engine.preview("sandbox")) {
      const [op = "", ...rest] = step.split(" ");
      (found[op] ??= []).push(rest.join(" "));
    }
    return found;
  };

  beforeAll(() => {
    engine.init("sandbox", open);
    engine.up("sandbox");
  });
  afterAll(() => {
    engine.dispose();
  });

  it("go up in place: what is there is updated, and private endpoints, zones and a network come", () => {
    engine.configure("sandbox", settings(PRIVATE_INBOUND));
    expect(Object.keys(steps()).sort()).toEqual(["create", "update"]);
    engine.up("sandbox");
    expect(engine.preview("sandbox")).toEqual([]);
  });

  it("go up to the highest in place", () => {
    engine.configure("sandbox", settings(PRIVATE_BOTH_WAYS));
    expect(Object.keys(steps()).sort()).toEqual(["create", "update"]);
    engine.up("sandbox");
    expect(engine.preview("sandbox")).toEqual([]);
  });

  it("do not go down, each with the reason that is Azure's and the one that is not", () => {
    engine.configure("sandbox", settings(PRIVATE_INBOUND));
    expect(engine.refusal("sandbox")).toMatch(
      /network.level: is "privateInbound", and this stack has "privateBothWays": Azure never loosens a managed network/,
    );
    engine.configure("sandbox", open);
    expect(engine.refusal("sandbox")).toMatch(
      /network.level: is "open", and this stack has "privateBothWays": Azure never loosens/,
    );
  });

  it("are the same after a refresh, and are destroyed whole", () => {
    engine.configure("sandbox", settings(PRIVATE_BOTH_WAYS));
    engine.refresh("sandbox");
    expect(engine.preview("sandbox")).toEqual([]);
    engine.destroy("sandbox");
    const left = engine.resources().map(({ token }) => token);
    expect(left.filter((token) => /network|privatedns|machinelearning/.test(token))).toEqual([]);
  });
});

(hasEngine() ? describe : describe.skip)("the first update of a private sandbox", () => {
  const settings = sandboxSettings({ network: PRIVATE_INBOUND, protect: "false" });
  const engine = new Engine(azurePlace(settings));
  const uploads = () =>
    engine.resources().filter(({ token }) => token.endsWith(":AssetUpload")).length;

  afterAll(() => {
    engine.dispose();
  });

  it("makes everything but uploads and what needs them from anywhere, and the rest from inside", () => {
    engine.init("sandbox", settings);
    // As docs/network.md says.
    engine.up("sandbox", "--exclude", "**AssetUpload**", "--exclude-dependents");
    const first = engine.resources().map(({ token }) => token);
    expect(first.filter((token) => token.endsWith(":PrivateEndpoint"))).toHaveLength(5);
    expect(uploads()).toBe(0);
    engine.up("sandbox");
    expect(uploads()).toBe(3);
    expect(engine.preview("sandbox")).toEqual([]);
  });
});
