import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ENDPOINT_DIRECTORY, sandboxSettings, SUBSCRIPTION } from "../stacks";
import { Engine, hasEngine } from "./engine";

/**
 * The whole stack on the real Pulumi engine, with the stand-in as its provider. Proves the program, its order and its
 * previews; it does not prove that Azure takes the requests.
 */

(hasEngine() ? describe : describe.skip)("the sandbox stack on the real engine", () => {
  const engine = new Engine();
  const endpoint = join(engine.home, "endpoint");
  const settings = (changes: Record<string, unknown> = {}) =>
    sandboxSettings({ endpointDirectory: endpoint, protect: "false", ...changes });
  const preview = () => engine.preview("sandbox");

  beforeAll(() => {
    cpSync(ENDPOINT_DIRECTORY, endpoint, { recursive: true });
    engine.init("sandbox", settings());
    engine.up("sandbox");
  }, 120_000);
  afterAll(() => {
    engine.dispose();
  });

  it("ends with the endpoint, both deployments and the traffic in place", () => {
    const resources = engine.resources();
    const tokens = resources.map(({ token }) => token.split(":").at(-1));
    expect(tokens.filter((token) => token === "OnlineDeployment")).toHaveLength(2);
    const traffic = resources.at(-1);
    expect(traffic?.token).toBe("pulumi-nodejs:dynamic/mlscore:TrafficSplit");
    expect(traffic?.inputs["traffic"]).toEqual({ blue: 90, green: 10 });
  });

  it("creates grants before the endpoint, deployments one by one, traffic last", () => {
    const order = engine.resources().map(({ id }) => id);
    const place = (end: string) => order.findIndex((id) => id.endsWith(end));
    const endpointPlace = place("/onlineEndpoints/gauge-endpoint");
    const grants = order.flatMap((id, index) => (id.includes("/roleAssignments/") ? [index] : []));
    expect(grants).toHaveLength(4);
    expect(Math.max(...grants)).toBeLessThan(endpointPlace);
    expect(endpointPlace).toBeLessThan(place("/deployments/blue"));
    expect(place("/deployments/blue")).toBeLessThan(place("/deployments/green"));
    expect(place("/traffic/traffic")).toBe(order.length - 1);
  });

  it("previews no change after an update", () => {
    expect(preview()).toEqual([]);
  }, 60_000);

  it("previews a tag as an update in place: nothing is replaced, traffic is untouched", () => {
    engine.configure("sandbox", settings({ tags: { owner: "somebody else" } }));
    const changes = preview();
    engine.configure("sandbox", settings());
    expect(changes).toEqual([
      "update endpoint",
      "update endpoint-blue",
      "update endpoint-green",
      "update endpoint-identity",
      "update observability-application-insights",
      "update observability-log-analytics",
      "update registry",
      "update workspace",
      "update workspace-key-vault",
      "update workspace-storage",
    ]);
  }, 60_000);

  it("refuses another subscription without a stack trace", () => {
    const other = "99999999-2222-3333-4444-555555555555";
    engine.configure("sandbox", settings({ subscription: { id: other } }));
    const message = engine.refusal("sandbox");
    engine.configure("sandbox", settings());
    expect(message).toContain(
      `this stack belongs to subscription ${other}, but the credentials in use are for ${SUBSCRIPTION}`,
    );
    expect(message).not.toContain("    at ");
  }, 60_000);

  it("keeps secrets out of the exported state", () => {
    expect(engine.exported("sandbox")).not.toContain("hunter2");
  }, 60_000);

  it("updates only the traffic when only the split changes, and removes everything on destroy", () => {
    const file = join(endpoint, "endpoint.yml");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace("blue: 90", "blue: 0").replace("green: 10", "green: 100"));
    expect(preview()).toEqual(["update endpoint-traffic"]);
    engine.up("sandbox");
    expect(engine.resources().at(-1)?.inputs["traffic"]).toEqual({ blue: 0, green: 100 });

    engine.destroy("sandbox");
    expect(engine.resources()).toEqual([]);
  }, 120_000);
});
