import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { valueAt } from "../../graph/paths";
import { ENDPOINT_DIRECTORY, sandboxSettings } from "../stacks";
import { Engine, hasEngine } from "./engine";

/**
 * A scaled deployment on the real Pulumi engine, with the emulator as its provider: whose the number of instances is, and the
 * order of deletions. Does not prove that Azure scales.
 */

(hasEngine() ? describe : describe.skip)("a scaled deployment on the real engine", () => {
  const LIMITS = { minInstances: 1, maxInstances: 5 };
  const engine = new Engine();
  const endpoint = join(engine.home, "endpoint");
  const settings = (changes: Record<string, unknown> = {}) =>
    sandboxSettings({
      endpointDirectory: endpoint,
      protect: "false",
      autoscale: { blue: LIMITS, green: LIMITS },
      ...changes,
    });
  const deployment = (name: string) => {
    const found = engine.resources().filter(({ id }) => id.endsWith(`/deployments/${name}`));
    expect(found).toHaveLength(1);
    return found[0]!;
  };
  const capacityOf = (name: string) => valueAt(deployment(name).outputs, "sku.capacity");
  /** What the scaler does. */
  const scale = (capacity: number) => {
    engine.changeOutside(deployment("blue").id, (created) => ({
      ...created,
      outputs: { ...created.outputs, sku: { name: "Default", tier: "Standard", capacity } },
    }));
  };
  /** Writes to deployments and their settings, in order, such as `PUT blue` and `PUT autoscale-gauge-endpoint-blue`. */
  const writes = () =>
    engine
      .calls()
      .filter((call) =>
        /^(PUT|PATCH|DELETE) .*\/(deployments|autoscaleSettings)\/[^/]+$/.test(call),
      )
      .map((call) => call.replace(/ .*\//, " "));
  const edit = (file: string, from: string, to: string) => {
    const path = join(endpoint, file);
    const text = readFileSync(path, "utf8");
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
  };

  beforeAll(() => {
    cpSync(ENDPOINT_DIRECTORY, endpoint, { recursive: true });
    engine.init("sandbox", settings());
    engine.up("sandbox");
  });
  afterAll(() => {
    engine.dispose();
  });

  it("starts with the YAML's number, and the settings are created after the deployments", () => {
    const [blue, green, ...settings] = writes();
    expect([blue, green]).toEqual(["PUT blue", "PUT green"]);
    expect(settings.sort()).toEqual([
      "PUT autoscale-gauge-endpoint-blue",
      "PUT autoscale-gauge-endpoint-green",
    ]);
    expect(capacityOf("blue")).toBe(2);
    expect(engine.preview("sandbox")).toEqual([]);
  });

  it("shows no change and writes nothing after the scaler has changed the number, refreshed or not", () => {
    scale(4);
    expect(engine.preview("sandbox")).toEqual([]);
    engine.up("sandbox");
    engine.refresh("sandbox");
    expect(engine.preview("sandbox")).toEqual([]);
    expect(writes()).toEqual([]);
    expect(capacityOf("blue")).toBe(4);
  });

  it("changes the setting alone when the YAML's number changes", () => {
    edit("blue.yml", "instance_count: 2", "instance_count: 4");
    expect(engine.preview("sandbox")).toEqual(["update endpoint-blue-autoscale"]);
  });

  it("is written with the live number when something else of it changes", () => {
    scale(5);
    engine.configure("sandbox", settings({ tags: { owner: "somebody else" } }));
    engine.up("sandbox");
    expect(writes()).toContain("PUT blue");
    expect(capacityOf("blue")).toBe(5);
    expect(engine.preview("sandbox")).toEqual([]);
  });

  it("keeps its number when it is no longer scaled, and its setting is deleted", () => {
    engine.configure(
      "sandbox",
      settings({ tags: { owner: "somebody else" }, autoscale: { green: LIMITS } }),
    );
    engine.up("sandbox");
    expect(writes()).toContain("DELETE autoscale-gauge-endpoint-blue");
    expect(capacityOf("blue")).toBe(5);
  });

  it("is deleted after its setting", () => {
    engine.destroy("sandbox");
    const [first, ...others] = writes();
    expect(first).toBe("DELETE autoscale-gauge-endpoint-green");
    expect(others.sort()).toEqual(["DELETE blue", "DELETE green"]);
  });
});
